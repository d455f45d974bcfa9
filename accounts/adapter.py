"""How allauth behaves here: nobody signs up; the dean's office adds people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class SchoolAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-in without sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Refuse: accounts are made by the dean's office."""
        return False

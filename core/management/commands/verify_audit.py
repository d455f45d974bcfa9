"""`manage.py verify_audit`: is the trail whole, and does the database still guard it?"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from core import audit


class Command(BaseCommand):
    """Prints the chain's length and head, or where it breaks, as JSON; words on stderr; exit 0 or 1."""

    help = "Read the whole trail and prove that nothing in it was altered."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify the chain first, then the triggers that guard it."""
        try:
            chain = audit.verify()
        except audit.BrokenChain as broken:
            self._fail({"broken_at": broken.seq, "words": broken.words}, str(broken))
        if faults := audit.faults(connection):
            self._fail({"length": chain.length, "head": chain.head, "unguarded": faults}, "\n".join(faults))
        self.stdout.write(json.dumps({"length": chain.length, "head": chain.head}))
        self.stderr.write(f"The trail is whole: {chain.length} events.")

    def _fail(self, answer: dict[str, object], words: str) -> None:
        self.stdout.write(json.dumps(answer))
        self.stderr.write(words)
        sys.exit(1)

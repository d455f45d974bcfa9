"""Fixtures of the trail, for tests/conftest.py: tables that the database guards must still be emptied between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase

from core import audit


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_guards() -> Iterator[None]:
    """Lift the trail's triggers around the flush that ends a transactional test, and put them back."""
    flush = TransactionTestCase._fixture_teardown

    def flush_unguarded(case: TransactionTestCase) -> None:
        with audit.guards_lifted():
            flush(case)

    TransactionTestCase._fixture_teardown = flush_unguarded
    yield
    TransactionTestCase._fixture_teardown = flush

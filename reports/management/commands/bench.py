"""Measure on a scratch database of the configured kind; the school's own data are never touched."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from reports.bench.running import run


class Command(BaseCommand):
    """Makes a test database beside the configured one, measures there, and drops it."""

    help = "Measure import, engine, board, dossier and decision."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line as soon as it is measured."""
        with tempfile.TemporaryDirectory() as folder:
            if connection.vendor == "sqlite":
                connection.settings_dict["TEST"]["NAME"] = f"{folder}/bench.sqlite3"  # a file, as a school has
            self._measure()

    def _measure(self) -> None:
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            for line in run():
                self.stdout.write(line)
                self.stdout.flush()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

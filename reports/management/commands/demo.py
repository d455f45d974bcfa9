"""Load the demo unless it is there, and print one sign-in per role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matchweek.models import Cycle
from reports.demo.school import SIGN_INS, demo_cycle, load_demo


class Command(BaseCommand):
    """Refuses in production, and beside a real cycle."""

    help = "Load the invented school (once) and print one sign-in per role."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load when nothing is there."""
        if settings.PRODUCTION:
            raise CommandError("The demo has printed passwords; it is not loaded in production.")
        if demo_cycle() is None:
            if Cycle.objects.exists():
                raise CommandError("This database has a real cycle. Use another DATA_DIR for the demo.")
            self.stderr.write("Loading the demo: an invented class of 160, 40 of them unmatched …")
            load_demo()
        width = max(len(each.role) for each in SIGN_INS)
        self.stdout.write(f"Sign in with the password {SIGN_INS[0].password} as")
        for each in SIGN_INS:
            self.stdout.write(f"  {each.role:<{width}}  {each.email}")

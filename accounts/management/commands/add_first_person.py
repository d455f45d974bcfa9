"""Add the first person of a year, who then adds the others on the People page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import add_first_person, sign_in_path
from accounts.enums import Role
from core.permits import Refused


class Command(BaseCommand):
    """Prints the path of a sign-in link, good once and for three days."""

    help = "Add the first dean or coordinator of a year and print their sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, the name, the role and the year."""
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=[Role.DEAN, Role.COORDINATOR], default=Role.DEAN)
        parser.add_argument("--year", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the person, unless somebody manages people that year already."""
        role, year = Role(options["role"]), options["year"]
        try:
            person = add_first_person(options["email"], name=options["name"], role=role, year=year, by=None)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stderr.write(f"{person} is {role.label.lower()} of {year}. On your site, open:")
        self.stdout.write(sign_in_path(person))

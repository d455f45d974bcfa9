"""Django's command line. `run.py manage …` runs it inside the project's own environment."""

import os
import sys

# These change tables and rights, which the role that the site connects as may not.
AS_OWNER = {"migrate", "grant_web_role"}


def become_owner() -> None:
    """Connect by MIGRATION_DATABASE_URL, when there is one, for the commands that need the owner."""
    owner = os.environ.get("MIGRATION_DATABASE_URL")
    if owner and AS_OWNER & set(sys.argv[1:2]):
        os.environ["WEB_DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
        os.environ["DATABASE_URL"] = owner


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    become_owner()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

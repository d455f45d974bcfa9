"""Give the role that the site connects as what it needs, and no more: it owns nothing and cannot alter the trail."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from core.audit.registry import append_only_models, open_columns, written_once_models

_CREATE = "CREATE ROLE {role} LOGIN"
_PASSWORD = "ALTER ROLE {role} LOGIN PASSWORD {password}"  # nosec B105 - a statement, not a password
_GRANTS = """
    GRANT USAGE ON SCHEMA {schema} TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}
"""
_APPEND_ONLY = "REVOKE UPDATE, DELETE ON {table} FROM {role}"
_WRITTEN_ONCE = _APPEND_ONLY + "; GRANT UPDATE ({columns}) ON {table} TO {role}"


class Command(BaseCommand):
    """Run by the owner after every migrate: tables that are new have no grants yet. Safe to repeat."""

    help = "Create the role named in DATABASE_URL and grant it its rights; connect by MIGRATION_DATABASE_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create, set the password, grant, revoke."""
        role, password = web_role()
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles. Set DATABASE_URL and MIGRATION_DATABASE_URL.")
        with transaction.atomic():
            grant(role, password)
        self.stderr.write(f"The role {role} may read and write, and only add to the trail.")


def web_role() -> tuple[str, str]:
    """Read role and password from the URL that the site itself connects by."""
    url = urlsplit(os.environ.get("WEB_DATABASE_URL", ""))
    if not url.username:
        raise CommandError("Set DATABASE_URL to the site's own URL and MIGRATION_DATABASE_URL to the owner's.")
    if url.username == connection.settings_dict["USER"]:
        raise CommandError("DATABASE_URL and MIGRATION_DATABASE_URL name the same role; the site must not own tables.")
    return unquote(url.username), unquote(url.password or "")


def grant(role: str, password: str) -> None:
    """Make the role when it is missing, then give and take rights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        schema, exists = cursor.fetchone() or ("public", False)
        names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema), "password": sql.Literal(password)}
        statements = [] if exists else [sql.SQL(_CREATE).format(**names)]
        statements += [sql.SQL(_PASSWORD).format(**names)] if password else []
        statements += [sql.SQL(_GRANTS).format(**names)]
        statements += [
            sql.SQL(_APPEND_ONLY).format(table=sql.Identifier(model._meta.db_table), **names)
            for model in append_only_models()
        ]
        statements += [
            sql.SQL(_WRITTEN_ONCE).format(
                table=sql.Identifier(model._meta.db_table),
                columns=sql.SQL(", ").join(map(sql.Identifier, open_columns(model))),
                **names,
            )
            for model in written_once_models()
        ]
        for statement in statements:
            cursor.execute(statement)

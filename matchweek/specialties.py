"""The project's list of specialties: read from `specialties.csv`, kept in the table, found by any of their names."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from matchweek.models import Specialty

_PATH = Path(__file__).with_name("specialties.csv")


@cache
def specialties() -> Mapping[str, Specialty]:
    """Return every specialty by code, from the file: no query."""
    with _PATH.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: _specialty(row) for row in csv.DictReader(lines)}


def _specialty(row: Mapping[str, str]) -> Specialty:
    aliases = [each.strip() for each in row["aliases"].split(";") if each.strip()]
    return Specialty(code=row["code"], name=row["name"], aliases=aliases, group=row["group"], service=row["service"])


def _folded(text: str) -> str:
    """Reduce a name to what decides: letters and digits in lower case, `&` as `and`."""
    return re.sub(r"[^a-z0-9]+", "", text.lower().replace("&", "and"))


@cache
def _by_name() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for code, each in specialties().items():
        for text in (code, each.name, *each.aliases):
            names.setdefault(_folded(text), code)
    return names


def find_specialty(text: str) -> Specialty | None:
    """Find a specialty by code, name or alias, forgiving case, spaces and punctuation."""
    code = _by_name().get(_folded(text))
    return specialties()[code] if code else None


def specialty_name(code: str) -> str:
    """Return the name of a code, or the code itself when nothing is known of it."""
    known = specialties().get(code)
    return known.name if known else code


def store_specialties(**_: object) -> None:
    """Bring the table to the file's state. Runs after every migrate."""
    Specialty.objects.bulk_create(
        specialties().values(),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "aliases", "group", "service"],
    )

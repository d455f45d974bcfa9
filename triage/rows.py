"""Rows of the board, drawn once per what they show and joined; a template of 500 rows would take all of the time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from core.templatetags.components import chip, icon, signed, tier_mark

CHIPS_MOST = 4
# The usual case goes without saying on a row; the dossier says it.
_UNSAID = ["Placeable: realistic", "for"]


class BoardRow(NamedTuple):
    """Exactly what a row shows, and nothing else: it is the key under which the drawn row is kept."""

    url: str
    name: str
    specialty: str
    status: str
    is_partial: bool
    advisor: str
    tier: int
    points: int | None
    is_decided: bool
    waits_for_second: bool
    override_from: int
    has_changed: bool
    is_new: bool
    chips: str
    sees_aside: bool


def cards(rows: Iterable[BoardRow]) -> SafeString:
    """Draw the rows of a column."""
    return mark_safe("".join(map(_card, rows)))  # nosec B703 - each card is escaped


def table_rows(rows: Iterable[BoardRow]) -> SafeString:
    """Draw the rows of the table."""
    return mark_safe("".join(map(_table_row, rows)))  # nosec B703 - each row is escaped


@lru_cache(maxsize=8192)
def _card(row: BoardRow) -> str:
    points = "" if row.points is None else f"{signed(row.points)}<small> pt</small>"
    return (
        f'<li class="s"><span><a href="{row.url}">{escape(row.name)}</a> '
        f'<span class="s-spec">{escape(row.specialty)}</span></span><span class="s-pts">{points}</span>'
        f"{_chips(row)}{_standing(row)}</li>"
    )


@lru_cache(maxsize=8192)
def _table_row(row: BoardRow) -> str:
    points = "" if row.points is None else signed(row.points)
    return (
        f'<tr><td>{tier_mark(row.tier)}</td><th scope="row"><a href="{row.url}">{escape(row.name)}</a></th>'
        f"<td>{escape(row.specialty)}</td><td>{escape(row.status)}</td><td>{escape(row.advisor)}</td>"
        f'<td class="num">{points}</td><td>{_chips(row)}</td><td>{_standing(row)}</td></tr>'
    )


def _standing(row: BoardRow) -> str:
    if row.is_decided:
        return f'<span class="s-dec">{icon("check")}Decided</span>'
    return f'<span class="s-dec is-open">{"Second officer" if row.waits_for_second else "Open"}</span>'


def _chips(row: BoardRow) -> str:
    """What happened to the row first, then the policy's words; four in all."""
    shown = [*_flags(row), *_policy_chips(row.chips, row.sees_aside)][:CHIPS_MOST]
    drawn = "".join(_chip(text, kind) for text, kind in shown)
    return f'<ul class="chips">{drawn}</ul>'


def _flags(row: BoardRow) -> Iterable[tuple[str, str]]:
    if row.override_from:
        yield f"Override, was Tier {row.override_from}", "changed"
    if row.has_changed:
        yield "Changed since decided", "changed"
    elif row.is_new:
        yield "Changed", "changed"
    if row.is_partial:
        yield row.status[:1].upper() + row.status[1:], ""


@lru_cache(maxsize=2048)
def _policy_chips(text: str, sees_aside: bool) -> tuple[tuple[str, str], ...]:
    said = (each for each in json.loads(text) if each != _UNSAID)
    return tuple((words, kind) for words, kind in said if sees_aside or kind != "aside")


@lru_cache(maxsize=2048)
def _chip(text: str, kind: str) -> str:
    return chip(text, kind, "li")

"""How each piece of evidence stands: whether it counts, how much, and why not."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Standing(NamedTuple):
    """What one piece does. `counts` is None where points make no sense (concerns, requests, advice).

    States: counts, on_record, set_aside, passed, unanswered, declined, answered.
    """

    counts: int | None
    state: str
    why: tuple[str, ...] = ()


class SetAside(NamedTuple):
    """A piece that would count if what `why` lists were mended; kind is vouch or concern."""

    kind: str
    ref: str
    why: tuple[str, ...]


Standings = dict[str, Standing]

COUNTS = Standing(None, "counts")
ON_RECORD = Standing(0, "on_record")
PASSED = Standing(0, "passed")
SAME_PERSON = Standing(0, "on_record", ("same_person",))
SAME_STAGE = Standing(0, "on_record", ("same_stage",))
CAUTION = Standing(0, "on_record", ("caution",))


@lru_cache(maxsize=256)
def counting(points: int, *why: str) -> Standing:
    """A piece that counts so many points, or is on record when that is none."""
    return Standing(points, "counts", why) if points else ON_RECORD


@lru_cache(maxsize=256)
def setting_aside(why: tuple[str, ...]) -> Standing:
    """A piece that is set aside for these reasons."""
    return Standing(None, "set_aside", why)

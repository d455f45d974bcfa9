"""Known: who can vouch? A vouch counts once per person, first-hand, and not by somebody recused."""

from __future__ import annotations

from typing import NamedTuple

from ..evidence import Dossier, Vouch
from ..rules import Rules
from ..standing import CAUTION, ON_RECORD, SAME_PERSON, SetAside, Standing, Standings, counting, setting_aside

_NO_ANSWER_YET = frozenset({"asked", "unanswered"})
_RANK = {"would_take": 3, "strong": 2, "supportive": 1, "unable": 0}
_COULD_SAY_MORE = frozenset({"strong", "supportive"})
_REQUEST_STANDINGS = {answer: Standing(None, answer) for answer in ("unanswered", "declined", "answered")}

_Best = dict[str, tuple[int, int, bool, int, str, str]]


class Known(NamedTuple):
    """What the vouches and requests come to. Points are before the cap."""

    state: str
    points: int
    people: int
    is_willing: bool
    requests_open: int
    nearest: tuple[int, str] | None
    """Points and ref of the vouch whose author is nearest to "would take", for the flip."""


def read_known(dossier: Dossier, rules: Rules, standings: Standings, set_aside: list[SetAside]) -> Known:
    """Weigh vouches and requests; leave how each stands in `standings` and `set_aside`."""
    best, is_willing = _strongest_of_each(dossier, rules, standings, set_aside)
    points = people = 0
    for rank in best.values():
        counts = rank[0]
        standings[rank[4]] = counting(counts)
        if counts:
            points += counts
            people += 1
    requests_open = _read_requests(dossier, standings) if dossier.requests else 0
    return Known(_state(dossier, points, rules), points, people, is_willing, requests_open, _nearest(best, rules))


def _nearest(best: _Best, rules: Rules) -> tuple[int, str] | None:
    """Among those who said something good and saw enough to say more, the one with the most points."""
    could = [rank for rank in best.values() if rank[5] in _COULD_SAY_MORE and rank[3] >= rules.vouch_weeks_at]
    if not could:
        return None
    nearest = max(could)
    return nearest[0], nearest[4]


def _strongest_of_each(
    dossier: Dossier, rules: Rules, standings: Standings, set_aside: list[SetAside]
) -> tuple[_Best, bool]:
    best: _Best = {}
    is_willing = False
    weigh, recused = rules.vouch_points, dossier.recused
    for vouch in dossier.vouches:
        points, ref = weigh[vouch.strength], vouch.ref
        if vouch.faculty in recused or (points and vouch.weeks_observed < rules.vouch_weeks_at):
            why = _why_set_aside(vouch, points, rules, vouch.faculty in recused)
            standings[ref] = setting_aside(why)
            set_aside.append(SetAside("vouch", ref, why))
            continue
        if vouch.strength == "caution":
            standings[ref] = CAUTION
            continue
        if points and vouch.willing_to_advocate:
            is_willing = True
        # The rest of the rank only settles which of two equal statements the page calls the counted one.
        rank = (points, _RANK[vouch.strength], vouch.willing_to_advocate, vouch.weeks_observed, ref, vouch.strength)
        held = best.get(vouch.faculty)
        if held is None or rank > held:
            best[vouch.faculty] = rank
        standings[ref] = SAME_PERSON if points else ON_RECORD
    return best, is_willing


def _why_set_aside(vouch: Vouch, points: int, rules: Rules, is_recused: bool) -> tuple[str, ...]:
    why = ("recused_voucher",) if is_recused else ()
    if not points or vouch.weeks_observed >= rules.vouch_weeks_at:
        return why
    return (*why, "too_few_weeks" if vouch.weeks_observed > 0 else "not_first_hand")


def _read_requests(dossier: Dossier, standings: Standings) -> int:
    """How many requests wait for an answer; somebody who vouched has answered, whatever the request says."""
    from_whom = {vouch.faculty for vouch in dossier.vouches}
    waiting = 0
    for request in dossier.requests:
        is_open = request.answer in _NO_ANSWER_YET
        waiting += is_open and request.faculty not in from_whom
        standings[request.ref] = _REQUEST_STANDINGS["unanswered" if is_open else request.answer]
    return waiting


def _state(dossier: Dossier, points: int, rules: Rules) -> str:
    if points >= rules.known_strong_at:
        return "strong"
    if dossier.vouches or any(request.answer == "declined" for request in dossier.requests):
        return "weak"
    return "unanswered" if dossier.requests else "unasked"

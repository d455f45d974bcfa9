"""What the policy pages show: rules in words, versions beside each other, drafts and who signed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.selectors import User
from matchweek.models import Cycle
from triage import permissions
from triage.models import InstitutionalPriority, PolicyDraft, PolicyVersion
from triage.policy import Rules, statements
from triage.policy.statements import CHAPTERS, FOR_STUDENTS, LABELS, Part


class Said(NamedTuple):
    """A stretch of a statement. `name` marks a number; `was` is what it is in the version compared with."""

    words: str
    name: str = ""
    was: str = ""


class PartView(NamedTuple):
    """Statements under one heading."""

    title: str
    statements: tuple[tuple[Said, ...], ...]


class ChapterView(NamedTuple):
    """One question with its parts."""

    code: str
    title: str
    intro: str
    parts: tuple[PartView, ...]


class Difference(NamedTuple):
    """One number in two versions."""

    label: str
    before: int | str
    after: int | str

    @property
    def differs(self) -> bool:
        """Whether the number is not the same."""
        return self.before != self.after


class DifferenceChapter(NamedTuple):
    """The numbers of one question in two versions."""

    title: str
    numbers: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list: who signed it, and how many numbers differ from the one before."""

    version: PolicyVersion
    draft: PolicyDraft | None
    changed: tuple[str, ...]
    previous: int | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft in the list, with the numbers in which it differs from the active version."""

    draft: PolicyDraft
    changed: tuple[str, ...]


def chapters(rules: Rules, beside: Rules | None = None) -> tuple[ChapterView, ...]:
    """Return the rules in words. With `beside`, numbers that differ say what they are there."""
    return tuple(
        ChapterView(each.code, each.title, each.intro, tuple(_parts(each.parts, rules, beside))) for each in CHAPTERS
    )


def for_students(rules: Rules) -> tuple[PartView, ...]:
    """Return what a student may want to know of the rules, without tier and points."""
    return tuple(_parts(FOR_STUDENTS, rules, None))


def differences(before: Rules, after: Rules) -> tuple[DifferenceChapter, ...]:
    """Return every number of two versions, by question."""
    return tuple(
        DifferenceChapter(
            chapter.title,
            tuple(
                Difference(LABELS[name], getattr(before, name), getattr(after, name))
                for part in chapter.parts
                for name in statements.names_of(part)
            ),
        )
        for chapter in CHAPTERS
    )


def changed_numbers(before: Rules, after: Rules) -> tuple[Difference, ...]:
    """Return the numbers that differ, in the order of the questions."""
    return tuple(each for chapter in differences(before, after) for each in chapter.numbers if each.differs)


def version_rows() -> list[VersionRow]:
    """Return every version, the newest first, in one query."""
    found = list(
        PolicyVersion.objects.select_related(
            "activated_by", "draft__first_signed_by", "draft__second_signed_by"
        ).order_by("-number", "pk")
    )
    return [_version_row(version, before) for version, before in pairwise([*found, None]) if version]


def _version_row(version: PolicyVersion, before: PolicyVersion | None) -> VersionRow:
    changed = _changed(before.rules, version.rules) if before else ()
    return VersionRow(version, getattr(version, "draft", None), changed, before.number if before else None)


def draft_rows(active: PolicyVersion) -> list[DraftRow]:
    """Return the drafts, open ones first, each with what it would change of the active version. One query."""
    found = PolicyDraft.objects.select_related("made_by", "first_signed_by", "withdrawn_by", "version")
    rows = [DraftRow(each, _changed(active.rules, each.rules)) for each in found.order_by("-made_at", "-pk")]
    return sorted(rows, key=lambda row: row.draft.status not in {"draft", "signed"})


def _changed(before: dict[str, int | str], after: dict[str, int | str]) -> tuple[str, ...]:
    return tuple(
        f"{each.label}: {each.before} → {each.after}"
        for each in changed_numbers(Rules.from_json(before), Rules.from_json(after))
    )


def priorities_of(cycle: Cycle) -> list[InstitutionalPriority]:
    """Return the priorities declared in this cycle, those that stand first."""
    found = InstitutionalPriority.objects.filter(cycle=cycle).select_related("owner").order_by("declared_at", "pk")
    return sorted(found, key=lambda each: each.ended_at is not None)


def cycles_to_test(user: User, cycle: Cycle) -> list[Cycle]:
    """Return the other cycles in whose meeting the person had a seat, the newest first."""
    others: QuerySet[Cycle] = Cycle.objects.exclude(pk=cycle.pk).prefetch_related("milestones")
    return [each for each in others.order_by("-year", "slug") if permissions.can_back_test(user, cycle, each)]


def _parts(parts: Iterable[Part], rules: Rules, beside: Rules | None) -> Iterator[PartView]:
    for part in parts:
        yield PartView(part.title, tuple(_said(statement, rules, beside) for statement in part.statements))


def _said(statement: str, rules: Rules, beside: Rules | None) -> tuple[Said, ...]:
    found = statements.pieces(statement, rules)
    if beside is None:
        return tuple(Said(piece.words, piece.name) for piece in found)
    return tuple(Said(piece.words, piece.name, _was(piece.name, rules, beside)) for piece in found)


def _was(name: str, rules: Rules, beside: Rules) -> str:
    if not name or getattr(rules, name) == getattr(beside, name):
        return ""
    return str(getattr(beside, name))

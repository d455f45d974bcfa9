"""Asking for vouches: the requests, the personal link each person gets, and the mail that carries it."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from core import audit, outbox
from core.clock import real_now
from core.models import Message
from core.outbox import Letter
from matchweek.holds import EMBARGO
from matchweek.models import Cycle
from students import permissions
from students.actions.evidence import AlreadyOnRecord, raise_evidence_numbers
from students.actions.vouches import CannotBeAsked, decline_request, give_vouch, request_vouch
from students.enums import AuditKind, LinkEnd, VouchAnswer
from students.models import Conflict, Student, Vouch, VouchLink, VouchRequest
from students.selectors.asking import Ask

if TYPE_CHECKING:
    from accounts.models import Person

GOOD_FOR = timedelta(days=45)
MAIL_KIND = "vouch-request"
SUBJECT = "Students you have seen at work: one minute each"


class AlreadyAnswered(Exception):
    """The request was answered before. The text is fit for a user."""

    def __init__(self) -> None:
        super().__init__(
            "You answered about this student already. To change it, sign in or write to the dean's office."
        )


def token_of(link: VouchLink) -> str:
    """Make the link's token again, from its nonce and the site's secret key; the database alone cannot."""
    digest = salted_hmac("students.vouch-link", link.nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def letter_to(ask: Ask, cycle: Cycle, *, link: str, by: Person) -> Letter:
    """Write the mail: the students asked about, the link, and nothing of anybody's result."""
    names = "\n".join(f"- {student.name}{f' ({why})' if why else ''}" for student, why in ask.students)
    body = (
        f"Dear {ask.person},\n\n"
        f"you are named as somebody who knows these students of the class of {cycle.year}:\n\n{names}\n\n"
        "Please say what you can from what you saw yourself. It takes under a minute each, on a phone too:\n\n"
        f"{link}\n\n"
        f"The link is yours alone and needs no sign-in: please do not pass it on. It works for {GOOD_FOR.days} days. "
        "“I would rather not” and “I did not see them at work” are answers too. "
        "A student may read what is written about them. This mail says nothing about anybody's result.\n\n"
        f"{by}\n"
    )
    return Letter(recipient=ask.person.email, subject=SUBJECT, body=body, reply_to=by.email)


def link_words(site: str, cycle: Cycle, token: str) -> str:
    """Return the address of a link on the site that the request came to."""
    return site.rstrip("/") + reverse("students:link", args=[cycle.slug, token])


def mail_requests(
    cycle: Cycle, *, asks: Sequence[Ask], site: str, once: str, is_alike: bool, by: Person
) -> list[Message]:
    """Mail a personal link to each person, one short transaction each: a whole class holds nobody up. Audited.

    `once` names this sending: sent again, nothing happens twice. `is_alike`: the whole class is asked about alike, so
    that the mail may go under the embargo too. Raises `CannotBeAsked` before anything is written.
    """
    _refuse_unaskable(asks, cycle)
    passes = (EMBARGO,) if is_alike else ()
    put = (mail_request(cycle, ask=ask, site=site, once=once, passes=passes, by=by) for ask in asks)
    return [message for message in put if message is not None]


@audit.attributed
def mail_request(
    cycle: Cycle, *, ask: Ask, site: str, once: str, passes: Sequence[str] = (), by: Person
) -> Message | None:
    """Ask one person about their students and put the mail into the outbox. Audited.

    None when this was mailed before, or when there is nothing left to ask.
    """
    permissions.can_ask_for_vouches(by, cycle).or_raise()
    key = f"{MAIL_KIND}:{cycle.pk}:{once}:{ask.person.pk}"
    asked = None if Message.objects.filter(key=key).exists() else _request(ask, by)
    if asked is None or not asked.students:
        return None
    link = _make_link(cycle, ask.person, by)
    address = link_words(site, cycle, "LINK").replace("LINK", f"[[vouch-link:{link.pk}]]")
    letter = letter_to(asked, cycle, link=address, by=by)
    return outbox.put(key, kind=MAIL_KIND, letter=letter, cycle_id=cycle.pk, passes=passes, by=by)


def make_links(cycle: Cycle, *, asks: Sequence[Ask], by: Person) -> list[tuple[Ask, VouchLink]]:
    """Ask each person about their students by links handed over in the hallway: nothing is mailed. Audited.

    Raises `CannotBeAsked` before anything is written.
    """
    _refuse_unaskable(asks, cycle)
    made = (make_link(cycle, ask=ask, by=by) for ask in asks)
    return [each for each in made if each is not None]


@audit.attributed
def make_link(cycle: Cycle, *, ask: Ask, by: Person) -> tuple[Ask, VouchLink] | None:
    """Ask one person by a link; None when there is nothing left to ask. Audited."""
    permissions.can_ask_for_vouches(by, cycle).or_raise()
    asked = _request(ask, by)
    return (asked, _make_link(cycle, ask.person, by)) if asked.students else None


def _refuse_unaskable(asks: Sequence[Ask], cycle: Cycle) -> None:
    for ask in asks:
        permit = permissions.can_be_asked(ask.person, cycle)
        if not permit:
            raise CannotBeAsked(f"{ask.person} cannot be asked now. {permit.reason}")
        students = [student.pk for student, _ in ask.students]
        if Conflict.objects.recusing().filter(person=ask.person, student__in=students).exists():
            raise CannotBeAsked(f"{ask.person} is recused from a student and cannot be asked about them.")


def _request(ask: Ask, by: Person) -> Ask:
    """Record the requests; return what there is to ask about, without those who were answered before."""
    waiting = []
    for student, why in ask.students:
        try:
            request_vouch(student, faculty=ask.person, by=by)
        except AlreadyOnRecord as known:
            if not _waits(known.twin):
                continue
        waiting.append((student, why))
    return Ask(ask.person, tuple(waiting))


def _waits(request: object) -> bool:
    return isinstance(request, VouchRequest) and not request.withdrawn_at and request.status == VouchAnswer.ASKED


def _make_link(cycle: Cycle, person: Person, by: Person) -> VouchLink:
    link = VouchLink(cycle=cycle, person=person, made_by=by, nonce=secrets.token_hex(16))
    link.token_hash = hash_of(token_of(link))
    link.expires_at = link.made_at + GOOD_FOR
    link.save()
    audit.record(AuditKind.VOUCH_LINK_MADE, link, by=by, cycle_id=cycle.pk, person=person.pk)
    return link


@audit.attributed
def end_link(link: VouchLink, *, why: str, by: Person | None) -> None:
    """End a link before its day: it reached somebody else, or the office takes it back. Audited.

    Whoever holds the link may say that it reached the wrong person.
    """
    if by is not None:
        permissions.can_ask_for_vouches(by, link.cycle).or_raise()
    if VouchLink.objects.filter(pk=link.pk, ended_at__isnull=True).update(ended_at=real_now(), ended_why=LinkEnd(why)):
        audit.record(AuditKind.VOUCH_LINK_ENDED, link, by=by, cycle_id=link.cycle_id, person=link.person_id, why=why)


@audit.attributed
def answer_by_link(link: VouchLink, *, student: Student, said: Mapping[str, Any], by: Person) -> Vouch:
    """Record the vouch of the person a link was made for, once for each student asked about. Audited.

    Raises `AlreadyAnswered` for a second answer, also for one given elsewhere at the same time.
    """
    permissions.can_answer_by_link(by, link, student).or_raise()
    _hold_open_request(student, by)
    return give_vouch(student, **said, by=by)


@audit.attributed
def decline_by_link(link: VouchLink, *, student: Student, why: str, by: Person) -> VouchRequest:
    """Record that the person a link was made for would rather not, or did not see the student at work. Audited."""
    permissions.can_answer_by_link(by, link, student).or_raise()
    asked = _hold_open_request(student, by)
    return asked if asked.status == VouchAnswer.DECLINED else decline_request(asked, why=why, by=by)


def _hold_open_request(student: Student, person: Person) -> VouchRequest:
    """Return the request; nobody else changes this student's evidence until the action ends."""
    raise_evidence_numbers([student.pk])
    asked: VouchRequest = VouchRequest.objects.standing().get(student=student, faculty=person)
    if asked.status == VouchAnswer.ANSWERED:
        raise AlreadyAnswered
    asked.student = student
    return asked

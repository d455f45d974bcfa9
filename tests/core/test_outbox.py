"""Mail goes once, when it is due, when nothing holds it; what nobody knows is never sent again blindly."""

from __future__ import annotations

import itertools
import smtplib
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from core import audit, clock, outbox
from core.enums import MESSAGE_TRANSITIONS, UNDER_WAY, MessageStatus
from core.models import Event, Message
from core.outbox import registry, sending
from core.outbox.delivering import Outcome, outcome_of
from core.outbox.putting import Letter
from core.transitions import NoSuchTransition, StaleState, move
from tests.core.mail_server import Box, serving
from tests.factories import CycleFactory, PersonFactory

START = datetime(2027, 2, 1, 12, tzinfo=UTC)
LETTER = Letter("to@school.example", "A subject", "Some words.")


@pytest.fixture
def box(settings):
    box = Box()
    controller = serving(box)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def own_holds(monkeypatch):
    """Let each test register what it needs; what the apps registered stays."""
    monkeypatch.setattr(registry, "_holds", dict(registry._holds))
    monkeypatch.setattr(registry, "_fillers", dict(registry._fillers))


def put(key="key:1", **more):
    with audit.acting(None):
        return outbox.put(key, **{"kind": "test", "letter": LETTER, "by": None} | more)


def status_of(message):
    message.refresh_from_db()
    return message.status


def later(**delta):
    return time_machine.travel(clock.real_now() + timedelta(**delta), tick=True)


@pytest.mark.django_db
def test_put_needs_a_transaction_so_that_mail_and_change_stand_or_fall_together(transactional_db):
    with pytest.raises(audit.NotInTransaction):
        outbox.put("key:1", kind="test", letter=LETTER, by=None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("key:1", kind="test", letter=LETTER, by=None)
        raise ZeroDivisionError
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_the_same_key_is_one_mail(box):
    first = put(letter=Letter("to@school.example", "First", "One."))
    again = put(letter=Letter("other@school.example", "Second", "Two."))
    assert (again.pk, again.subject) == (first.pk, "First")
    assert [outbox.send_due(), outbox.send_due()] == [1, 0]
    assert [(mail["To"], mail["Subject"], mail["Message-ID"]) for mail in box.mails] == [
        ("to@school.example", "First", first.message_id)
    ]
    assert status_of(first) == MessageStatus.SENT


@pytest.mark.django_db
def test_the_trail_has_ids_and_nothing_to_read(box):
    person = PersonFactory()
    put(by=person)
    outbox.send_due()
    events = list(Event.objects.filter(kind__startswith="mail-").order_by("seq"))
    assert [(each.kind, each.actor_id, each.payload) for each in events] == [
        ("mail-put", person.pk, {"key": "key:1", "mail": "test"}),
        ("mail-sent", None, {"key": "key:1", "mail": "test"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_sent_mail_stays_unsure_when_its_audit_write_fails(box, monkeypatch):
    message = put()

    def fails(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("core.audit.chain._append", fails)
    assert outbox.send_due() == 0
    assert (status_of(message), len(box.mails)) == (MessageStatus.HANDING_OVER, 1)
    monkeypatch.undo()
    with later(minutes=4):
        outbox.send_due()
    assert (status_of(message), len(box.mails)) == (MessageStatus.UNSURE, 1)


@pytest.mark.django_db
def test_mail_waits_for_its_hour_and_is_dropped_when_it_is_useless():
    with time_machine.travel(START, tick=False):
        message = put(due_at=START + timedelta(hours=1), useful_until=START + timedelta(hours=2))
        assert (outbox.send_due(), status_of(message)) == (0, MessageStatus.WAITING)
    with time_machine.travel(START + timedelta(hours=2), tick=False):
        assert (outbox.send_due(), status_of(message)) == (0, MessageStatus.CANCELLED)


@pytest.mark.django_db
def test_cancel_takes_out_what_waits_and_nothing_else(box):
    put("key:1"), put("key:2")
    with audit.acting(None):
        assert outbox.cancel("key:1", by=None)
    assert outbox.send_due() == 1
    with audit.acting(None):
        assert [outbox.cancel(key, by=None) for key in ("key:1", "key:2", "key:3")] == [False, False, False]
    assert len(box.mails) == 1


@pytest.mark.django_db
def test_a_hold_keeps_a_mail_back_until_it_ends(box):
    holding = ["Nobody spoke with them yet."]
    outbox.hold("first-contact")(lambda message, cycle: holding[0])
    message, passing = put("key:1"), put("key:2", passes=["first-contact"])
    assert outbox.hold_on(message, None) is not None
    assert (outbox.send_due(), status_of(message), status_of(passing)) == (1, "waiting", "sent")
    holding[0] = ""
    assert (outbox.send_due(), status_of(message)) == (1, "sent")


@pytest.mark.django_db
def test_a_rehearsal_s_mail_runs_on_its_clock_and_never_leaves(box):
    cycle = CycleFactory()
    cycle.clock_shift = timedelta(days=30)
    cycle.save()
    tomorrow = clock.real_now() + timedelta(days=1)
    kept = put("key:1", cycle_id=cycle.pk, due_at=tomorrow)
    waits = put("key:2", due_at=tomorrow)
    assert outbox.send_due() == 1
    assert (status_of(kept), kept.is_kept_here, status_of(waits), box.mails) == ("sent", True, "waiting", [])


@pytest.mark.django_db
def test_mail_of_a_cycle_that_is_gone_waits(box):
    message = put(cycle_id=999)
    assert (outbox.send_due(), status_of(message)) == (0, "waiting")
    assert outbox.hold_on(message, registry.cycle_of(999)) is not None


@pytest.mark.django_db
def test_a_mark_in_the_body_is_filled_in_on_the_way_out_only(box):
    outbox.fills("secret")(lambda argument: f"https://school.example/{argument}/abc")
    message = put(letter=Letter("to@school.example", "A link", "Open [[secret:7]] please."))
    unfillable = put("key:2", letter=Letter("to@school.example", "A link", "Open [[unknown:7]] please."))
    outbox.send_due()
    assert box.mails[0].get_payload().strip() == "Open https://school.example/7/abc please."
    assert (status_of(message), message.body) == ("sent", "Open [[secret:7]] please.")
    assert (status_of(unfillable), "unknown" in unfillable.trouble) == ("waiting", True)


# --- What the server answers ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "rcpt", "expected"),
    [
        ("250 OK", "250 OK", "sent"),
        ("451 Try later", "250 OK", "waiting"),
        ("554 No", "250 OK", "refused"),
        ("250 OK", "450 Busy", "waiting"),
        ("250 OK", "550 No such person", "refused"),
    ],
)
def test_the_server_s_answer_decides(box, data, rcpt, expected):
    box.answer, box.rcpt = data, rcpt
    message = put()
    outbox.send_due()
    assert (status_of(message), bool(message.trouble)) == (expected, expected != "sent")
    box.answer = box.rcpt = "250 OK"
    with later(hours=1):
        outbox.send_due()
    assert len(box.mails) == (expected != "refused")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "unsure"),
        (TimeoutError(), "unsure"),
        (ConnectionResetError(), "unsure"),
        (RuntimeError("anything at all"), "unsure"),
        (smtplib.SMTPDataError(421, b"closing"), "waiting"),
        (smtplib.SMTPSenderRefused(550, b"not you", "a@b"), "waiting"),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}), "refused"),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), "refused"),
    ],
)
def test_only_the_server_s_own_refusal_proves_that_it_did_not_take_a_mail(error, status):
    assert outcome_of(error).status == status


@pytest.mark.django_db
def test_an_unreachable_server_loses_nothing_and_is_tried_again_later(settings, box):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    messages = [put(f"key:{number}") for number in range(3)]
    assert outbox.send_due() == 0
    assert [status_of(each) for each in messages] == ["waiting"] * 3
    assert [each.attempts for each in messages] == [1, 0, 0]
    settings.EMAIL_PORT = port
    assert outbox.send_due() == 2
    with later(minutes=1):
        assert outbox.send_due() == 1


# --- Workers that die -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_died_while_claimed_leaves_a_mail_that_goes(box):
    message = put()
    assert sending.claim(message)
    assert (outbox.send_due(), status_of(message)) == (0, "claimed")
    with later(minutes=2):
        assert (outbox.send_due(), status_of(message), len(box.mails)) == (1, "sent", 1)


def die_while_handing_over(message):
    assert sending.claim(message)
    move(message, MessageStatus.HANDING_OVER, lease_until=clock.real_now() + sending.HAND_OVER_LEASE)


@pytest.mark.django_db
def test_who_died_while_handing_over_leaves_a_mail_that_a_person_settles(box):
    message = put()
    die_while_handing_over(message)
    for hours in (1, 2, 30):
        with later(hours=hours):
            assert (outbox.send_due(), status_of(message)) == (0, "unsure")
    with audit.acting(None):
        outbox.send_again(message, by=None)
    assert (outbox.send_due(), status_of(message), len(box.mails)) == (1, "sent", 1)
    with audit.acting(None), pytest.raises(NoSuchTransition):
        outbox.mark_arrived(message, by=None)


@pytest.mark.django_db
@pytest.mark.parametrize(("is_there", "mails"), [(True, 1), (False, 2)])
def test_a_folder_tells_whether_a_mail_arrived(settings, tmp_path, is_there, mails):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    put("key:0"), outbox.send_due()
    message = put()
    die_while_handing_over(message)
    if is_there:
        (tmp_path / "1.log").write_text(f"Message-ID: {message.message_id}\n")
    with later(minutes=4):
        outbox.send_due()
    with later(minutes=10):
        outbox.send_due()
    assert status_of(message) == "sent"
    written = [line for path in tmp_path.glob("*.log") for line in path.read_text().splitlines()]
    assert sum(line == f"Message-ID: {message.message_id}" for line in written) == 1


@pytest.mark.django_db
def test_a_worker_slower_than_its_lease_still_tells_what_it_knows():
    message = put()
    die_while_handing_over(message)
    slow = Message.objects.get(pk=message.pk)
    with later(minutes=4):
        outbox.send_due()
        assert status_of(message) == "unsure"
        sending.finish(slow, outcome=Outcome(MessageStatus.SENT), by=None)
    assert status_of(message) == "sent"


@pytest.mark.django_db
def test_a_claim_that_lapsed_cannot_be_handed_over_by_its_first_holder():
    message = put()
    assert sending.claim(message)
    first = Message.objects.get(pk=message.pk)
    with later(minutes=2):
        sending.settle_lapsed()
        second = Message.objects.get(pk=message.pk)
        assert sending.claim(second)
    with pytest.raises(StaleState):
        move(first, MessageStatus.HANDING_OVER, provided={"claim": first.claim}, lease_until=START)


@pytest.mark.django_db(transaction=True)
def test_many_workers_race_for_each_mail_and_one_sends_it(box):
    for number in range(30):
        put(f"key:{number}")
    ready = threading.Barrier(6)

    def work():
        try:
            ready.wait()
            for _ in range(4):
                outbox.send_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert set(box.ids.values()) == {1}
    assert sorted(box.ids) == sorted(Message.objects.filter(status="sent").values_list("message_id", flat=True))
    assert Message.objects.exclude(status="sent").count() == 0


# --- The table ------------------------------------------------------------------------------------------------------


def row_in(status):
    message = put(f"key:{status}")
    under_way = {"claim": "x", "lease_until": START} if status in UNDER_WAY else {}
    Message.objects.filter(pk=message.pk).update(
        status=status, sent_at=START if status == MessageStatus.SENT else None, **under_way
    )
    message.refresh_from_db()
    return message


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), list(itertools.product(MessageStatus, MessageStatus)))
def test_a_message_moves_as_the_table_says_and_no_other_way(old, new):
    message = row_in(old)
    changes = {"lease_until": START, "claim": "y"} if new in UNDER_WAY else {"lease_until": None}
    changes["sent_at"] = START if new == MessageStatus.SENT else None
    if new in MESSAGE_TRANSITIONS.get(old, frozenset()):
        move(message, new, **changes)
        assert status_of(message) == new
    else:
        with pytest.raises(NoSuchTransition):
            move(message, new, **changes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "nowhere"},
        {"status": "claimed"},
        {"status": "sent"},
        {"sent_at": START},
        {"lease_until": START},
        {"is_kept_here": True},
    ],
)
def test_the_database_refuses_what_cannot_be(wrong):
    message = put()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**wrong)


def test_the_claim_s_holder_has_time_to_hand_over_and_the_server_to_show_it():
    from core.outbox.delivering import TIMEOUT

    assert sending.HAND_OVER_LEASE.total_seconds() > 5 * TIMEOUT
    assert sending.CLAIM_LEASE.total_seconds() > 2 * TIMEOUT

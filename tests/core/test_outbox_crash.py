"""A hundred mails, real workers, twenty deaths by SIGKILL: none sent twice, none silently lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction

from core import audit, outbox
from core.models import Message
from core.outbox.putting import Letter
from tests.core.mail_server import Box, serving

MAILS, KILLS = 100, 20
ROOT = Path(__file__).resolve().parents[2]


def own_database() -> str:
    """The URL of the database that this test writes to."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].replace("/matchweek?", f"/{name}?")


def run_workers(server: Controller, **more: str) -> None:
    """Let workers send, and die, until nothing is on its way any more."""
    connection.close()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": own_database(),
        "DATABASE_POOL": "2",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "LOG_LEVEL": "CRITICAL",
        "MAIL_JOURNAL": str(server.handler.journal),
        **more,
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.core.outbox_workers", str(KILLS), "90"]
    workers = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        assert workers.wait(timeout=300) == 0
    finally:
        with suppress(ProcessLookupError):  # Nobody of the group is left when all went well.
            os.killpg(workers.pid, signal.SIGKILL)
        workers.wait()


@pytest.fixture
def hundred(transactional_db) -> list[Message]:
    with transaction.atomic(), audit.acting(None):
        return [
            outbox.put(
                f"key:{number}", kind="test", letter=Letter(f"to{number}@school.example", "Subject", "Words."), by=None
            )
            for number in range(MAILS)
        ]


@pytest.fixture
def server(tmp_path):
    controller = serving(Box(journal=tmp_path / "journal", delay=0.05))
    yield controller
    controller.stop()


@pytest.fixture(params=["embedded", pytest.param("redis", marks=pytest.mark.redis)])
def broker(request) -> dict[str, str]:
    return {} if request.param == "embedded" else {"REDIS_URL": request.getfixturevalue("redis_url")}


def test_none_is_sent_twice_and_none_is_silently_lost(hundred, server, broker, settings):
    run_workers(server, **broker)
    arrived = server.handler.ids
    assert max(arrived.values()) == 1
    status = dict(Message.objects.values_list("message_id", "status"))
    assert len(status) == MAILS
    assert set(status.values()) <= {"sent", "unsure"}
    assert {each for each, is_at in status.items() if is_at == "sent"} <= set(arrived)
    assert {status[each] for each in set(status) - set(arrived)} <= {"unsure"}
    settle_by_a_person(arrived)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    outbox.send_due()
    assert server.handler.ids == {each.message_id: 1 for each in hundred}
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert audit.verify().length >= 2 * MAILS


def settle_by_a_person(arrived) -> None:
    """Do what the office does with each mail that nobody knows of: ask its reader, and say so."""
    for message in Message.objects.unsure():
        with audit.acting(None):
            if message.message_id in arrived:
                outbox.mark_arrived(message, by=None)
            else:
                outbox.send_again(message, by=None)

"""A real mail server for tests: aiosmtpd in a thread, remembering what it took and answering as it is told."""

from __future__ import annotations

import threading
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Box:
    """Every mail that arrived. `answer` is what the server says next to DATA; `rcpt` what it says to a recipient."""

    def __init__(self, journal: Path | None = None, delay: float = 0.0) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"
        self.rcpt = "250 OK"
        self.delay = delay
        self.journal = journal
        self.lock = threading.Lock()

    @property
    def ids(self) -> Counter[str]:
        return Counter(mail["Message-ID"] for mail in self.mails)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        if not self.answer.startswith("250"):
            return self.answer
        mail = message_from_bytes(envelope.content)
        with self.lock:
            self.mails.append(mail)
            if self.journal is not None:
                with self.journal.open("a") as journal:
                    journal.write(mail["Message-ID"] + "\n")
        if self.delay:
            time.sleep(self.delay)  # The mail is taken and the answer not yet given: the moment to die in.
        return self.answer


def serving(box: Box) -> Controller:
    """Start the server on a free port; stop it with `.stop()`."""
    from tests.plugin import free_port

    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller

"""Real Celery workers that are killed (-9) again and again. Run by test_outbox_crash.py as a process of its own.

The imports are done once; every worker is a fork, so that twenty deaths fit into a test.
"""

from __future__ import annotations

import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

WARM = ("celery.bin.worker", "celery.concurrency.solo", "celery.worker", "config.background", "kombu.transport.redis")
QUICK = {"CLAIM_LEASE": 0.5, "HAND_OVER_LEASE": 5.0}


def prepare() -> None:
    """Load everything, sweep five times a second, and let leases lapse quickly."""
    django.setup()
    from config.celery import app
    from core.outbox import sending

    app.loader.import_default_modules()
    for module in WARM:
        importlib.import_module(module)
    name = "core.tasks.send_due_mail"
    app.conf.beat_schedule = {name: {"task": name, "schedule": 0.2, "options": {"expires": 2}}}
    for lease, seconds in QUICK.items():
        setattr(sending, lease, timedelta(seconds=seconds))
    sending.pause_after = lambda attempts: timedelta(seconds=0.2)
    os.environ["CELERY_SKIP_CHECKS"] = "1"


def embedded() -> None:
    """Worker and beat as the one embedded process has them."""
    from config import background

    nudge()
    with background.running():
        signal.pause()


def nudge() -> None:
    """Wake a worker, as everybody does who puts a mail into the outbox."""
    from core.tasks import send_due_mail

    send_due_mail.delay()


def worker() -> None:
    """A worker as production starts it."""
    from config.celery import app

    nudge()
    app.worker_main(["worker", "-P", "solo", "-l", "CRITICAL", "--without-mingle", "--without-gossip"])


def beat() -> None:
    """The one beat of production."""
    from celery.beat import Service

    from config.celery import app

    Service(app, max_interval=0.2, scheduler_cls="celery.beat:Scheduler").start()


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a child process; return its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(0)


def kill(pid: int) -> None:
    """Give the process no chance to tidy up."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def arrived() -> int:
    """Count what the mail server took."""
    journal = Path(os.environ["MAIL_JOURNAL"])
    return len(journal.read_text().splitlines()) if journal.exists() else 0


def wait_until_it_sends(mails: int) -> None:
    """Wait until the worker is in the middle of its work."""
    before, until = arrived(), time.monotonic() + 6
    while arrived() < before + mails and time.monotonic() < until:
        time.sleep(0.005)


def unfinished() -> int:
    """Count what is still on its way. Asked after the last fork, so that no process shares a connection."""
    from core.models import Message

    return Message.objects.filter(status__in=["waiting", "claimed", "handing_over"]).count()


def main(kills: int, seconds: float) -> None:
    prepare()
    chance = random.Random(7)
    work = worker if os.environ.get("REDIS_URL") else embedded
    beating = forked(beat) if work is worker else None
    for _ in range(kills):
        pid = forked(work)
        wait_until_it_sends(chance.randint(1, 4))
        time.sleep(chance.uniform(0, 0.1))
        kill(pid)
    pid = forked(work)
    until = time.monotonic() + seconds
    while time.monotonic() < until and unfinished():
        time.sleep(0.5)
    for each in (pid, beating):
        if each is not None:
            kill(each)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

"""Celery's worker and beat as threads of the one embedded process; with Redis they are processes of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import signals
from celery.beat import Service
from celery.worker import WorkController

from config.celery import app

SHUTDOWN_SECONDS = 1.5


@contextmanager
def running() -> Iterator[None]:
    """Run worker and beat inside the block. A task cut off at its end is run again at the next start's sweep."""
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # the site has been checked when this is reached
    app.conf.broker_transport_options = {"polling_interval": 0.2}
    # `celery.apps.worker` would take the process's signal handlers and its logging; the bare controller leaves both.
    worker = WorkController(
        app=app,
        pool="solo",
        concurrency=1,
        hostname="embedded@localhost",
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        send_events=False,
    )
    signals.worker_init.send(sender=worker)  # lets Celery close database connections around tasks
    beat = Service(app, max_interval=1, scheduler_cls="celery.beat:Scheduler")
    threads = [
        threading.Thread(target=worker.start, name="worker", daemon=True),
        threading.Thread(target=beat.start, name="beat", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        beat.stop()
        threading.Thread(target=worker.stop, daemon=True).start()
        for thread in threads:
            thread.join(SHUTDOWN_SECONDS)

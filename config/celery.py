"""Background work: which tasks run by the clock, and the app that runs them.

Nothing here decides anything: a scheduled task looks for rows that are due and is safe to repeat, so a tick that is
lost or doubled changes nothing. Tasks live in each app's `tasks.py`.
"""

from __future__ import annotations

import os

from celery import Celery

# Task name → seconds between two ticks.
SCHEDULE: dict[str, float] = {
    "core.tasks.send_due_mail": 5,
    "students.tasks.sweep_imports": 5,
    "triage.tasks.bring_assessments_up_to_date": 30,
}

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("matchweek")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # for every thread, not only the importing one
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A tick nobody picked up before the next one is due is dropped, so that a worker that was away meets no backlog.
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in SCHEDULE.items()
}

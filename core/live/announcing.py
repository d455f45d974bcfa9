"""Raising the number of a live thing and telling those who follow it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from core.live import redis
from core.live.hub import HUB


def announce(obj: models.Model) -> int:
    """Raise the object's event number as the action's last statement; followers hear of it after the commit.

    Should telling them fail, the change stands all the same: their pages catch up with the next number.
    """
    live: Any = obj
    row = type(obj)._base_manager.filter(pk=obj.pk)
    row.update(event_number=F("event_number") + 1)
    live.event_number = number = row.values_list("event_number", flat=True).get()

    def tell() -> None:  # No partial: Django asks a robust callback that failed for its name.
        publish(live.live_key, number)

    transaction.on_commit(tell, robust=True)
    return int(number)


def publish(key: str, number: int) -> None:
    """Tell everybody who follows `key`, in this process or, with Redis, in any."""
    if settings.REDIS_URL:
        redis.publish(key, number)
    else:
        HUB.publish(key, number)

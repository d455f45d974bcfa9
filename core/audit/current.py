"""What is true of the running action: whose it is, and whether one is open."""

from __future__ import annotations

from contextvars import ContextVar

actor_id: ContextVar[int | None] = ContextVar("audit_actor_id", default=None)
is_acting: ContextVar[bool] = ContextVar("audit_is_acting", default=False)

"""Outgoing mail: put beside the change it tells of, sent by a sweep, never twice and never silently lost."""

from core.outbox.delivering import text_of
from core.outbox.putting import Letter, cancel, put
from core.outbox.registry import Held, Unfillable, cycle_of, fills, hold, hold_on, keeps_cycles
from core.outbox.sending import send_due
from core.outbox.settling import give_up, mark_arrived, send_again

__all__ = [
    "Held",
    "Letter",
    "Unfillable",
    "cancel",
    "cycle_of",
    "fills",
    "give_up",
    "hold",
    "hold_on",
    "keeps_cycles",
    "mark_arrived",
    "put",
    "send_again",
    "send_due",
    "text_of",
]

"""The trail. Actions are attributed and record events; tracked rows write their own history; neither can be altered."""

from core.audit.actor import acting, attributed
from core.audit.chain import BrokenChain, Chain, NotInTransaction, record, verify
from core.audit.facts import UnfitFact
from core.audit.history import Change, history
from core.audit.registry import append_only, is_sealed, tracked, written_once
from core.audit.triggers import faults, guards_lifted, install

__all__ = [
    "BrokenChain",
    "Chain",
    "Change",
    "NotInTransaction",
    "UnfitFact",
    "acting",
    "append_only",
    "attributed",
    "faults",
    "guards_lifted",
    "history",
    "install",
    "is_sealed",
    "record",
    "tracked",
    "verify",
    "written_once",
]

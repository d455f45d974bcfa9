"""The policy engine: pure Python that knows no database, no request and no clock.

Give it a dossier, rules and a market; it recommends a tier and says why.
"""

from .assessment import Assessment, Details
from .engine import NotAssessed, assess, recommended_tier
from .evidence import (
    AcademicEvent,
    Advice,
    Concern,
    Dossier,
    Evaluation,
    ExamAttempt,
    Vouch,
    VouchRequest,
    is_assessed,
)
from .flips import Flip
from .market import Market
from .rules import DEFAULT_RULES, Rules, UnusableRules
from .standing import SetAside, Standing

__all__ = [
    "DEFAULT_RULES",
    "AcademicEvent",
    "Advice",
    "Assessment",
    "Concern",
    "Details",
    "Dossier",
    "Evaluation",
    "ExamAttempt",
    "Flip",
    "Market",
    "NotAssessed",
    "Rules",
    "SetAside",
    "Standing",
    "UnusableRules",
    "Vouch",
    "VouchRequest",
    "assess",
    "is_assessed",
    "recommended_tier",
]

"""What Match Week tells the outbox: whose clock a mail runs on, whether it leaves, and the embargo."""

from __future__ import annotations

from core import outbox
from core.models import Message
from core.templatetags.components import eastern
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from matchweek.selectors import is_embargoed

EMBARGO = "embargo"


@outbox.keeps_cycles
def mail_cycle(cycle_id: int) -> Cycle | None:
    """Return a cycle with its calendar."""
    return Cycle.objects.prefetch_related("milestones").filter(pk=cycle_id).first()


@outbox.hold(EMBARGO)
def until_embargo_lifts(message: Message, cycle: Cycle | None) -> str:
    """Keep mail of the cycle back under the embargo, save what goes to the whole class alike and says so."""
    if cycle is None or not is_embargoed(cycle):
        return ""
    return f"Embargoed until {eastern(cycle.milestone(MilestoneKind.EMBARGO_LIFTS))} Eastern."

from datetime import UTC, date, datetime

import pytest

from matchweek.calendar import default_calendar, match_week_monday
from matchweek.enums import MilestoneKind


@pytest.mark.parametrize(
    ("year", "monday"), [(2026, date(2026, 3, 16)), (2027, date(2027, 3, 15)), (2028, date(2028, 3, 20))]
)
def test_match_week_monday_is_the_third_of_march(year, monday):
    assert match_week_monday(year) == monday


def test_default_calendar_has_every_milestone_in_order():
    calendar = default_calendar(2027)
    assert list(calendar) == list(MilestoneKind)
    assert sorted(calendar.values()) == list(calendar.values())


@pytest.mark.parametrize(
    ("kind", "utc"),
    [
        (MilestoneKind.RANK_DEADLINE, datetime(2027, 3, 4, 2, 0, tzinfo=UTC)),  # before daylight saving
        (MilestoneKind.SCHOOL_REPORT, datetime(2027, 3, 15, 13, 30, tzinfo=UTC)),  # after it
        (MilestoneKind.SOAP_ENDS, datetime(2027, 3, 19, 1, 0, tzinfo=UTC)),
        (MilestoneKind.MATCH_DAY, datetime(2027, 3, 19, 16, 0, tzinfo=UTC)),
        (MilestoneKind.LIST_CLOSES, datetime(2027, 5, 1, 4, 0, tzinfo=UTC)),
    ],
)
def test_default_calendar_is_eastern_wall_time(kind, utc):
    assert default_calendar(2027)[kind] == utc

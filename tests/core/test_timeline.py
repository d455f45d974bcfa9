"""The exam timeline: where points and labels stand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.timeline import LEFT, MARGIN, NARROW, WIDTH, lay_out, lay_out_both


def attempts(*dates, label="not passed, 201"):
    return [(on, False, label) for on in dates]


def test_timeline_without_attempts_has_lanes_and_no_points():
    drawn = lay_out([("Step 1", [])])
    assert [(lane.name, lane.points) for lane in drawn.lanes] == [("Step 1", ())]
    assert drawn.description == ""


def test_timeline_runs_from_first_january_to_the_one_after_the_last_attempt():
    drawn = lay_out([("Step 1", attempts(date(2024, 6, 15))), ("Step 2 CK", attempts(date(2026, 7, 1)))])
    assert [tick.label for tick in drawn.ticks] == ["2024", "2025", "2026", "2027"]
    assert (drawn.ticks[0].x, drawn.ticks[-1].x) == (LEFT, WIDTH)


def test_timeline_orders_points_by_date_whatever_the_order_given():
    days = [date(2025, 3, 1), date(2024, 3, 1), date(2026, 3, 1)]
    forward, backward = lay_out([("Step 1", attempts(*days))]), lay_out([("Step 1", attempts(*reversed(days)))])
    assert forward == backward
    assert [point.x for point in forward.lanes[0].points] == sorted(point.x for point in forward.lanes[0].points)


def test_timeline_steps_a_colliding_label_below_then_further_out():
    close = [date(2025, 1, day) for day in (1, 2, 3, 4)]
    (lane,) = lay_out([("Step 1", attempts(*close))]).lanes
    assert [point.row for point in lane.points] == [1, -1, 2, -2]


def test_timeline_keeps_distant_labels_above():
    (lane,) = lay_out([("Step 1", attempts(date(2024, 2, 1), date(2026, 11, 1)))]).lanes
    assert [point.row for point in lane.points] == [1, 1]


def test_timeline_describes_every_attempt_in_words():
    drawn = lay_out(
        [("Step 1", [(date(2024, 6, 1), False, "Jun 24, not passed"), (date(2024, 9, 1), True, "Sep 24, passed")])]
    )
    assert drawn.description == "Step 1: Jun 24, not passed; Sep 24, passed."


def box(point):
    half = len(point.label) * 3.0
    return point.label_x - half, point.label_x + half, point.label_y - 10, point.label_y


def touch(one, other):
    left, right, top, foot = one
    return left < other[1] and other[0] < right and top < other[3] and other[2] < foot


dates = st.dates(date(2022, 1, 1), date(2027, 3, 15))
lanes = st.lists(st.lists(dates, max_size=6), min_size=1, max_size=4)


@given(lanes)
def test_timeline_labels_never_touch_and_stay_inside(days):
    drawn = lay_out([(f"Step {place}", attempts(*each)) for place, each in enumerate(days)])
    boxes = [box(point) for lane in drawn.lanes for point in lane.points]
    assert not [(one, other) for place, one in enumerate(boxes) for other in boxes[:place] if touch(one, other)]
    assert all(left >= LEFT and right <= WIDTH and top >= 0 and foot <= drawn.foot for left, right, top, foot in boxes)


@given(lanes)
def test_narrow_timeline_has_no_label_touch_or_leave_the_picture(days):
    drawn = lay_out_both([(f"Step {place}", attempts(*each)) for place, each in enumerate(days)]).narrow
    boxes = [box(point) for lane in drawn.lanes for point in lane.points]
    assert not [(one, other) for place, one in enumerate(boxes) for other in boxes[:place] if touch(one, other)]
    assert all(left >= MARGIN and right <= NARROW for left, right, _, _ in boxes)
    assert all(lane.name_y < top for lane in drawn.lanes for _, _, top, _ in map(box, lane.points))


@pytest.mark.parametrize("passed", [True, False])
def test_timeline_point_says_whether_it_was_passed(passed):
    (lane,) = lay_out([("Step 1", [(date(2025, 1, 1), passed, "x")])]).lanes
    assert lane.points[0].passed is passed

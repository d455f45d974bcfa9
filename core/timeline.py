"""Geometry of the exam timeline: dated points in lanes on one axis, with labels that step aside for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

Lanes = Sequence[tuple[str, Sequence[tuple[date, bool, str]]]]

WIDTH = 600.0
LEFT = 124.0  # Where the axis begins; the lanes' names stand before it.
NARROW = 320.0  # The picture of a phone: the names stand above their lanes.
MARGIN = 7.0  # Half a mark, so that none is cut at the edge of the narrow picture.
_ROW = 15.0  # One row of labels above or below a lane's line.
_MARK = 16.0  # The height a lane's marks take.
_YEARS = 22.0  # The row of years at the foot.
_GLYPH = 6.4  # Width of an average figure of the 12 px label.
_GAP = 6.0


@dataclass(frozen=True, slots=True)
class Tick:
    """The first of January of a year."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """One attempt: its mark at x, its label centred at label_x, `row` rows above (or, negative, below) the line."""

    x: float
    y: float
    passed: bool
    label: str
    label_x: float
    label_y: float
    row: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One exam: its name, the height of its line, and its attempts in order of date."""

    name: str
    name_y: float
    y: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All lanes on one axis, in user units of the picture."""

    width: float
    height: float
    left: float
    foot: float
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Timelines:
    """The same attempts drawn for a page and for a phone."""

    wide: Timeline
    narrow: Timeline


@dataclass(frozen=True, slots=True)
class _Axis:
    first: int
    last: int
    left: float
    right: float

    def x(self, on: date) -> float:
        """Return where a day stands between the first of January of two years."""
        start, end = date(self.first, 1, 1).toordinal(), date(self.last, 1, 1).toordinal()
        return round(self.left + (self.right - self.left) * (on.toordinal() - start) / (end - start), 1)


@dataclass(frozen=True, slots=True)
class _Placed:
    x: float
    label_x: float
    row: int
    passed: bool
    label: str


def lay_out_both(lanes: Lanes) -> Timelines:
    """Draw the attempts for a page and for a phone."""
    return Timelines(lay_out(lanes), lay_out(lanes, width=NARROW, left=MARGIN))


def lay_out(lanes: Lanes, *, width: float = WIDTH, left: float = LEFT) -> Timeline:
    """Place every (date, passed, label) of each named lane. A label that would touch another goes a row further out.

    Where there is no room for names before the axis, each gets a row above its lane.
    """
    axis = _Axis(*_years(lanes), left, width if left == LEFT else width - MARGIN)
    drawn: list[Lane] = []
    top = 0.0
    for name, points in lanes:
        placed = list(_place(points, axis))
        above = max([1, *(each.row for each in placed)])
        below = max([1, *(-each.row for each in placed)])
        if left < LEFT:
            top += _ROW
        line = top + above * _ROW + _MARK / 2
        name_y = line + 4 if left >= LEFT else top - 3
        drawn.append(Lane(name, name_y, line, tuple(_point(each, line) for each in placed)))
        top = line + _MARK / 2 + below * _ROW
    ticks = tuple(Tick(axis.x(date(year, 1, 1)), str(year)) for year in range(axis.first, axis.last + 1))
    return Timeline(width, top + _YEARS, left, top, ticks, tuple(drawn), _describe(lanes))


def _years(lanes: Lanes) -> tuple[int, int]:
    """Return the year of the first attempt and the one after the last."""
    dates = [on for _, points in lanes for on, _, _ in points] or [date(2000, 1, 1)]
    return min(dates).year, max(dates).year + 1


def _place(points: Sequence[tuple[date, bool, str]], axis: _Axis) -> Iterator[_Placed]:
    taken: dict[int, float] = {}  # Per row, where its last label ends.
    for on, passed, label in sorted(points):
        x = axis.x(on)
        half = len(label) * _GLYPH / 2
        centre = round(min(max(x, axis.left + half), axis.right - half), 1)
        row = next(each for each in _rows() if taken.get(each, 0.0) + _GAP <= centre - half)
        taken[row] = centre + half
        yield _Placed(x, centre, row, passed, label)


def _rows() -> Iterator[int]:
    """Yield rows from the line outwards: first above, first below, second above, …"""
    for distance in count(1):
        yield distance
        yield -distance


def _point(placed: _Placed, line: float) -> Point:
    if placed.row > 0:
        label_y = line - _MARK / 2 - (placed.row - 1) * _ROW - 3
    else:
        label_y = line + _MARK / 2 + (-placed.row - 1) * _ROW + 11
    return Point(placed.x, line, placed.passed, placed.label, placed.label_x, label_y, placed.row)


def _describe(lanes: Lanes) -> str:
    return " ".join(
        f"{name}: {'; '.join(label for _, _, label in sorted(points))}." for name, points in lanes if points
    )

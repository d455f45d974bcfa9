"""Tags and filters of the design: marks that pages draw hundreds of times, and times as the product writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.clock import EASTERN
from core.timeline import Timelines

register = template.Library()

TIER_WORDS: Mapping[int, str] = {1: "Advocacy", 2: "Guidance", 3: "Longer plan"}
_TIER_SHAPES: Mapping[int, SafeString] = {
    1: mark_safe('<circle cx="10" cy="10" r="10"/>'),
    2: mark_safe('<rect x="0.8" y="0.8" width="18.4" height="18.4" rx="2"/>'),
    3: mark_safe('<path d="M5.2 0.9h9.6L20 10l-5.2 9.1H5.2L0 10z"/>'),
}
_CHIP_LOOKS: Mapping[str, tuple[str, str]] = {
    # Kind: class, icon.
    "main": (" chip-main", ""),
    "for": (" chip-for", "up"),
    "against": ("", "down"),
    "missing": (" chip-miss", "gap"),
    "aside": (" chip-aside", "aside"),
    "changed": (" chip-flag", "diff"),
    "decided": (" chip-aside", "check"),
}
_STRAND_CELLS: Mapping[str, int] = {"clear": 0, "stumble": 1, "concern": 2, "pattern": 3}
MINUS = "−"


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """Draw an icon of the sprite in the size and ink of the text around it."""
    return format_html(
        '<svg class="ic{}" aria-hidden="true"><use href="#i-{}"/></svg>', f" {kind}" if kind else "", name
    )


@register.simple_tag
def tier_mark(tier: int) -> SafeString:
    """Draw the tier's number in its own shape; the words "Tier n" are there for readers only."""
    tier = int(tier)
    return format_html('{}<span class="sr">Tier {}</span>', tier_shape(tier), tier)


@register.simple_tag
def tier_pill(tier: int | None, state: str = "recommended", big: bool = False) -> SafeString:
    """Draw a tier. `state`: recommended or proposed (outline), decided (solid) or none; big: "Tier 2, Guidance"."""
    if not tier or state == "none":
        return mark_safe('<span class="tier is-none">Not assessed</span>')
    tier = int(tier)
    decided = state == "decided"
    return format_html(
        '<span class="tier tier-{}{}{}">{}{}{}{}<span class="sr"> ({})</span></span>',
        tier,
        " is-decided" if decided else "",
        " tier-big" if big else "",
        tier_shape(tier),
        format_html("Tier {}, ", tier) if big else format_html('<span class="sr">Tier {}, </span>', tier),
        TIER_WORDS[tier],
        icon("check") if decided else "",
        state,
    )


@register.simple_tag
def tier_shape(tier: int) -> SafeString:
    """Draw the tier's number in its own shape, beside words that name it."""
    tier = int(tier)
    return format_html(
        '<svg class="tier-g tier-{}" viewBox="0 0 20 20" aria-hidden="true">{}<text x="10" y="14.3">{}</text></svg>',
        tier,
        _TIER_SHAPES[tier],
        tier,
    )


@register.filter
def tier_words(tier: int) -> str:
    """Return what the school does in a tier: "Tier 2, Guidance"."""
    return f"Tier {int(tier)}, {TIER_WORDS[int(tier)]}"


@register.simple_tag
def chip(text: str, kind: str = "", element: str = "span") -> SafeString:
    """Draw a reason chip. `kind`: main, for, against, missing, aside, changed, decided, or nothing."""
    look, mark = _CHIP_LOOKS.get(kind, ("", ""))
    shape = icon(mark) if mark else ""
    return format_html('<{0} class="chip{1}">{2}{3}</{0}>', element, look, shape, text)


@register.simple_tag
def chips(items: Iterable[tuple[str, str]]) -> SafeString:
    """Draw a list of (text, kind) as chips; nothing at all when it is empty."""
    drawn = format_html_join("", "{}", ((chip(text, kind, "li"),) for text, kind in items))
    return format_html('<ul class="chips">{}</ul>', drawn) if drawn else drawn


@register.simple_tag
def strand(level: str) -> SafeString:
    """Draw a strand's meter: clear 0 of 3 cells, stumble 1, concern 2, pattern 3, and the word."""
    filled = _STRAND_CELLS[str(level)]
    cells = format_html_join(
        "",
        '<rect class="{}" x="{}" y="0.5" width="11" height="11"/>',
        (("on" if cell < filled else "off", 0.5 + 13 * cell) for cell in range(3)),
    )
    return format_html(
        '<span class="strand is-{0}"><svg viewBox="0 0 38 12" aria-hidden="true">{1}</svg><b>{0}</b></span>',
        level,
        cells,
    )


@dataclass(frozen=True, slots=True)
class SpreadBar:
    """One tier of the stacked bar: how many, where the bar and its label stand."""

    tier: int
    count: int
    x: int
    width: int
    label_x: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The stacked bar of the tiers, ready to draw in a box of 264 × 34."""

    bars: tuple[SpreadBar, ...]
    words: str


_SPREAD_WIDTH = 264
_SPREAD_LABEL = 56  # The widest label, "Tier 3, 10", with air after it.


@register.inclusion_tag("components/spread.html")
def spread(counts: Sequence[int]) -> dict[str, Spread]:
    """Draw how many students stand in each tier. Widths are true to the counts; labels give way to each other."""
    return {"spread": lay_out_spread(counts)}


def lay_out_spread(counts: Sequence[int]) -> Spread:
    """Place a bar per tier, widths in proportion to the counts, and labels that never overlap."""
    total = sum(counts)
    edges = [round(_SPREAD_WIDTH * sum(counts[:place]) / total) if total else 0 for place in range(len(counts) + 1)]
    bars: list[SpreadBar] = []
    free = 0
    for place, count in enumerate(counts):
        room_after = _SPREAD_LABEL * (len(counts) - place)
        label_x = min(max(edges[place], free), _SPREAD_WIDTH - room_after)
        free = label_x + _SPREAD_LABEL
        bars.append(SpreadBar(place + 1, count, edges[place], max(edges[place + 1] - edges[place] - 1, 0), label_x))
    words = ", ".join(f"{bar.count} in Tier {bar.tier}" for bar in bars)
    return Spread(tuple(bars), f"Spread over the tiers: {words}")


@register.inclusion_tag("components/exams.html")
def exams(timelines: Timelines, name: str = "exams") -> dict[str, object]:
    """Draw exam attempts on a time axis, for a page and for a phone; `name` keeps ids apart when a page has two."""
    return {"drawings": (("wide", timelines.wide), ("narrow", timelines.narrow)), "name": name}


@register.filter
def share(part: int, whole: int) -> int:
    """Return a part of a whole in percent, 0 to 100, for the width of a bar."""
    return max(0, min(100, round(100 * part / whole))) if whole else 0


@register.filter
def signed(number: int) -> str:
    """Write a number with a true minus sign."""
    return f"{MINUS}{-number}" if number < 0 else str(number)


@register.filter
def minutes(seconds: int) -> str:
    """Write seconds as minutes and seconds: 161 is "2:41"; over the time, "−0:05"."""
    whole, rest = divmod(abs(int(seconds)), 60)
    return f"{MINUS if seconds < 0 else ''}{whole}:{rest:02}"


@register.filter
def eastern(at: datetime | None) -> str:
    """Write an aware datetime as "Thu 18 Mar 21:00", Eastern."""
    if not at:
        return ""
    local = at.astimezone(EASTERN)
    return f"{local:%a} {local.day} {local:%b} {local.hour}:{local:%M}"


@register.filter
def eastern_time(at: datetime | None) -> str:
    """Write an aware datetime as "21:00", Eastern."""
    if not at:
        return ""
    local = at.astimezone(EASTERN)
    return f"{local.hour}:{local:%M}"


@register.filter
def day(on: date | datetime | None) -> str:
    """Write a date as "21 Jan 2027"; an aware datetime gives its Eastern date."""
    if not on:
        return ""
    on = on.astimezone(EASTERN) if isinstance(on, datetime) else on
    return f"{on.day} {on:%b %Y}"


@register.simple_tag
def local_time(at: datetime | None, only: str = "") -> SafeString:
    """Write a moment in Eastern; the script adds the viewer's own zone as title. `only="time"` leaves the day out."""
    if not at:
        return SafeString("")
    words = eastern_time(at) if only == "time" else eastern(at)
    return format_html('<time datetime="{}" data-local>{}</time>', at.isoformat(), words)


@register.simple_tag
@lru_cache
def fixed(template: str) -> str:
    """Return a template that depends on nothing, rendered once per process: the links and symbols of every page."""
    return get_template(template).render()

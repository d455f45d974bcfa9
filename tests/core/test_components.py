"""Tags and filters of the design."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string

from core.templatetags import components
from core.templatetags.components import lay_out_spread


def render(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("state", "word", "solid"), [("recommended", "(recommended)", False), ("decided", "(decided)", True)]
)
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_tier_pill_says_number_word_and_state(tier, state, word, solid):
    pill = components.tier_pill(tier, state)
    assert f"Tier {tier}, " in pill
    assert components.TIER_WORDS[tier] in pill
    assert word in pill
    assert ("is-decided" in pill, "#i-check" in pill) == (solid, solid)


@pytest.mark.parametrize("tier", [None, 0, ""])
def test_tier_pill_of_nothing_says_not_assessed(tier):
    assert "Not assessed" in components.tier_pill(tier)


def test_chip_escapes_its_text():
    assert components.chip("<b>", "for") == (
        '<span class="chip chip-for"><svg class="ic" aria-hidden="true"><use href="#i-up"/></svg>&lt;b&gt;</span>'
    )


def test_chips_of_nothing_is_nothing():
    assert components.chips([]) == ""


@pytest.mark.parametrize(("level", "filled"), [("clear", 0), ("stumble", 1), ("concern", 2), ("pattern", 3)])
def test_strand_fills_more_cells_as_weight_grows(level, filled):
    assert components.strand(level).count('class="on"') == filled
    assert f"<b>{level}</b>" in components.strand(level)


@pytest.mark.parametrize(("number", "words"), [(3, "3"), (0, "0"), (-1, "−1")])
def test_signed_uses_a_true_minus(number, words):
    assert components.signed(number) == words


@pytest.mark.parametrize(("seconds", "words"), [(161, "2:41"), (5, "0:05"), (-65, "−1:05")])
def test_minutes(seconds, words):
    assert components.minutes(seconds) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 3, 19, 1, 0, tzinfo=UTC), "Thu 18 Mar 21:00"),
        (datetime(2027, 3, 15, 13, 5, tzinfo=UTC), "Mon 15 Mar 9:05"),
        (datetime(2027, 3, 9, 14, 0, tzinfo=UTC), "Tue 9 Mar 9:00"),
        (None, ""),
    ],
)
def test_eastern_respects_daylight_saving(at, words):
    assert components.eastern(at) == words


def test_eastern_time_and_day():
    late = datetime(2027, 3, 19, 1, 0, tzinfo=UTC)
    assert (components.eastern_time(late), components.day(late)) == ("21:00", "18 Mar 2027")
    assert components.day(date(2027, 1, 21)) == "21 Jan 2027"


def test_local_time_carries_the_moment_for_the_script():
    at = datetime(2027, 3, 15, 14, 0, tzinfo=UTC)
    assert components.local_time(at) == '<time datetime="2027-03-15T14:00:00+00:00" data-local>Mon 15 Mar 10:00</time>'


@pytest.mark.parametrize("counts", [(8, 11, 5), (0, 11, 1), (0, 0, 0), (500, 1, 0), (1, 1, 1)])
def test_spread_labels_never_overlap_and_stay_inside(counts):
    bars = lay_out_spread(counts).bars
    places = [bar.label_x for bar in bars]
    assert all(later - earlier >= 56 for earlier, later in pairwise(places))
    assert places[0] >= 0
    assert places[-1] + 56 <= 264
    assert all(bar.x + bar.width <= 264 for bar in bars)


def test_spread_says_its_counts_in_words():
    assert 'aria-label="Spread over the tiers: 8 in Tier 1, 11 in Tier 2, 5 in Tier 3"' in render(
        "{% spread counts %}", counts=(8, 11, 5)
    )


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("empty", {"title": "Nothing yet"}),
        ("recommendation", {"tier": 2}),
        ("recommendation", {}),
        ("pick", {"name": "tier"}),
        ("evidence", {"what": "Strong"}),
        ("tier", {}),
        ("chip", {"text": "Known"}),
        ("recused", {"words": "Reason: family."}),
        ("steps", {"names": ["One", "Two"], "at": 1}),
        ("flash", {"words": "Done"}),
        ("sheet_head", {"title": "Minutes"}),
    ],
)
def test_component_renders_with_the_least_it_needs(name, context):
    assert render_to_string(f"components/{name}.html", context).strip()


def test_pager_keeps_the_other_parameters():
    page = Paginator(range(30), 10).page(2)
    drawn = render_to_string("components/pager.html", {"page": page, "query": QueryDict("kind=vouch&page=2")})
    assert 'href="?kind=vouch&amp;page=1"' in drawn
    assert 'href="?kind=vouch&amp;page=3"' in drawn
    assert "11 to 20 of 30" in drawn


def test_pager_of_one_page_is_nothing():
    page = Paginator(range(3), 10).page(1)
    assert render_to_string("components/pager.html", {"page": page, "query": QueryDict()}).strip() == ""

"""Evidence cards as marks: drawn once for what they show, then joined."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.components import icon
from students.selectors.cards import Act, Card

register = template.Library()

_MARKS = {"counts": "check", "zero": "dash", "wait": "clock", "aside": "aside"}


@register.simple_tag
def evidence_cards(cards: Iterable[Card]) -> SafeString:
    """Draw cards one under the other, to stand in a list."""
    return mark_safe("".join(_card(card) for card in cards))  # nosec B703 - each card is escaped


@register.simple_tag
def act_links(acts: tuple[Act, ...], what: str) -> SafeString:
    """Draw the links under a piece; `what` tells readers which piece each belongs to."""
    return _acts(acts, what)


@lru_cache(maxsize=4_096)
def _card(card: Card) -> SafeString:
    return format_html(
        '<li class="ev{}"{}><span class="ev-when">{}</span><span class="ev-what">{}</span>{}{}{}{}{}{}</li>',
        " aside" if card.look == "aside" else "",
        _part(' id="{}"', card.ref.replace(":", "-")),
        card.when,
        card.what,
        _state(card.look, card.state_words),
        _part('<span class="ev-by">{}</span>', card.by),
        _part('<p class="ev-say">“{}”</p>', card.say),
        _part('<p class="ev-fix">{}</p>', card.mend),
        _part('<p class="ev-fix">{}</p>', card.response),
        _part('<span class="ev-by no-print">{}</span>', _acts(card.acts, card.what)),
    )


def _state(look: str, words: str) -> SafeString:
    mark = icon(_MARKS[look]) if look in _MARKS else ""
    return format_html('<span class="ev-st {}">{}{}</span>', look, mark, words)


def _part(frame: str, content: str) -> SafeString:
    return format_html(frame, content) if content else mark_safe("")


@lru_cache(maxsize=16_384)
def _acts(acts: tuple[Act, ...], what: str) -> SafeString:
    return format_html_join(
        " · ", '<a href="{}">{}<span class="sr">: {}</span></a>', ((act.url, act.label, what) for act in acts)
    )

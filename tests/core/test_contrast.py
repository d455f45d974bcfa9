"""Every ink and ground that meet in a component keep WCAG 2.2 AA, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
TEXT, EDGE = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunken", "accent-wash")
TIERS = ("tier-1", "tier-2", "tier-3")
VERDICTS = ("ok", "stop", "ask")


def tokens() -> dict[str, dict[str, str]]:
    """Read the colours of each theme; a plain value serves both."""
    screen = TOKENS[: TOKENS.index("@media print")]
    colour = r"(#[0-9a-f]{6})"
    both = {name: (one, one) for name, one in re.findall(rf"--([\w-]+):\s*{colour};", screen)}
    both |= {
        name: (light, dark)
        for name, light, dark in re.findall(rf"--([\w-]+):\s*light-dark\({colour}, {colour}\);", screen)
    }
    return {theme: {name: pair[place] for name, pair in both.items()} for place, theme in enumerate(("light", "dark"))}


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """List ink, ground and the least contrast they need."""
    found = [(ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS]
    for tier in TIERS:
        found += [(ink, f"{tier}-wash", TEXT) for ink in ("ink", "ink-2", tier)]
        found += [(tier, "surface", TEXT), ("on-tier", tier, TEXT)]
    for verdict in VERDICTS:
        found += [(verdict, ground, TEXT) for ground in ("surface", f"{verdict}-wash", "accent-wash")]
        found += [("ink", f"{verdict}-wash", TEXT), ("ink-2", f"{verdict}-wash", TEXT)]
    found += [("on-report", "report", TEXT), ("on-accent", "accent", TEXT), ("on-accent", "accent-hover", TEXT)]
    found += [("strip-ink", "strip", TEXT), ("strip-ink-2", "strip", TEXT)]
    found += [(edge, ground, EDGE) for edge in ("rule-strong", "focus") for ground in GROUNDS]
    found += [("focus", "ok-wash", EDGE), ("focus", "stop-wash", EDGE), ("stop", "paper", EDGE)]
    found += [("strip-focus", "strip", EDGE), ("strip-now", "strip-rule", EDGE)]
    return [*found, ("strand", "surface", EDGE), ("ink-2", "rule", EDGE)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_of_every_pair(theme):
    colours = tokens()[theme]
    too_low = [
        f"{ink} on {ground}: {contrast(colours[ink], colours[ground]):.2f} < {least}"
        for ink, ground, least in pairs()
        if contrast(colours[ink], colours[ground]) < least
    ]
    assert too_low == []


def test_contrast_of_black_on_white_is_21():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


def test_components_name_tokens_never_raw_colours():
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)
    found = {
        sheet.name: raw.findall(re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL))
        for sheet in sorted((Path(__file__).parents[2] / "static" / "css").glob("*.css"))
        if sheet.name != "tokens.css"
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_named_token_exists():
    css = Path(__file__).parents[2] / "static" / "css"
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in css.glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - set(re.findall(r"(--[\w-]+):", text)) == set()

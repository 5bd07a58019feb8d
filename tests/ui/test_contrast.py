"""The colours of the style sheet keep the contrast that WCAG 2.2 asks for: 4.5 for text, 3 for edges."""

import re

import pytest

GROUNDS = ("canvas", "paper", "sunken")
TEXT = [("ink", ground) for ground in GROUNDS] + [("ink-2", ground) for ground in GROUNDS]
TEXT += [("ink-3", ground) for ground in GROUNDS] + [
    (name, "paper") for name in ("brand", "mentor", "late", "wait", "bad")
]
TEXT += [("brand-ink", "brand-soft")] + [(name, f"{name}-soft") for name in ("mentor", "late", "wait", "bad")]
TEXT += [
    ("on-brand", "brand"),
    ("hero-2", "hero"),
    ("ink-2", "late-soft"),
    ("ink-2", "wait-soft"),
    ("ink-2", "bad-soft"),
]
TEXT += [("ink", "late-soft"), ("ink", "bad-soft"), ("paper", "ink"), ("paper", "bad"), ("brand", "canvas")]
EDGES = [("control", "paper"), ("control", "canvas"), ("late-mark", "paper"), ("focus", "paper"), ("focus", "canvas")]
WHITE, AMBER = "ffffff", "ffd98a"


def tokens(style_sheet, theme):
    block = re.search(rf'\[data-bs-theme="{theme}"\] {{(.*?)\n}}', style_sheet, re.DOTALL).group(1)
    return dict(re.findall(r"--m-([\w-]+): #([0-9a-f]{6})", block))


def light(colour):
    parts = [int(colour[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT)
def test_text_is_readable(style_sheet, theme, front, ground):
    known = tokens(style_sheet, theme)
    assert contrast(known[front], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), EDGES)
def test_edges_can_be_seen(style_sheet, theme, front, ground):
    known = tokens(style_sheet, theme)
    assert contrast(known[front], known[ground]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dark_card_carries_white_words_and_an_amber_ring(style_sheet, theme):
    hero = tokens(style_sheet, theme)["hero"]
    assert contrast(WHITE, hero) >= 7
    assert contrast(AMBER, hero) >= 3


def test_directions_are_logical_so_that_the_sheet_mirrors_itself(style_sheet):
    physical = r"[\s;{](?:margin|padding|border)-(?:left|right)|[\s;{](?:left|right|width|height)\s*:"
    assert not re.search(physical, re.sub(r"url\([^)]*\)|\(m[^)]*width[^)]*\)", "", style_sheet))


def test_the_sheet_fetches_nothing(style_sheet):
    assert not re.search(r"@import|url\((?!\"data:)", style_sheet)

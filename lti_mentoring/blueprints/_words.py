"""Words that templates make from values: dates, names in their own script, paragraphs."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, cast

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location, match_skeleton
from babel.numbers import format_decimal
from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from jinja2 import pass_context, pass_eval_context
from jinja2.filters import do_urlize
from markupsafe import Markup, escape

from lti_mentoring.blueprints._audit_words import audit_role, audit_words, trouble_words
from lti_mentoring.blueprints._parts import described, first_error, form_problems, options, path_steps, wiring
from lti_mentoring.domain.directory import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

TITLES = {
    "dr", "dra", "prof", "professor", "mr", "mrs", "ms", "mx", "sir", "dame", "herr", "frau", "sr", "sra", "md",
    "phd", "med", "δρ", "д-р", "проф", "د", "أ", "د״ר", "ד״ר", 'ד"ר', "डॉ", "श्री",
}  # fmt: skip
LETTERS_OF = (
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("CJK", "zh"), ("HEBREW", "he"), ("DEVANAGARI", "hi"),
    ("BENGALI", "bn"), ("GURMUKHI", "pa"), ("GUJARATI", "gu"), ("TAMIL", "ta"), ("TELUGU", "te"), ("KANNADA", "kn"),
    ("MALAYALAM", "ml"), ("SINHALA", "si"), ("THAI", "th"), ("LAO", "lo"), ("KHMER", "km"), ("MYANMAR", "my"),
    ("TIBETAN", "bo"), ("GEORGIAN", "ka"), ("ARMENIAN", "hy"), ("ETHIOPIC", "am"), ("GREEK", "el"),
)  # fmt: skip
URDU, PERSIAN = set("ٹڈڑںےہ"), set("پچژگ")
UKRAINIAN = set("іїєґІЇЄҐ")
# Letters that carry a hook, a horn or two marks at once; a dot below alone is Yoruba's and Igbo's, too.
VIETNAMESE = re.compile("[ơưƠƯ]|[ảẢấẤầẦẩẨẫẪậẬắẮằẰẳẲẵẴặẶẻẺếẾềỀểỂễỄệỆỉỈỏỎốỐồỒổỔỗỖộỘớỚờỜởỞỡỠợỢủỦứỨừỪửỬữỮựỰỷỶỹỸ]")
WRITTEN_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
LEADING_VOWELS = range(0x0E40, 0x0E45), range(0x0EC0, 0x0EC5)
JOINERS = {"\u200c", "\u200d"}
ARABIC_ARTICLE = "ال"


def register_words(app: Flask) -> None:
    """Give the app's templates the filters and globals of this file and of `_parts`."""
    filters = (
        day, short_day, moment, at_clock, ago_days, initials, lang_of, bdi, anchor, paragraphs, linked_paragraphs,
        score, audit_role, audit_words, trouble_words,
    )  # fmt: skip
    for function in (*filters, described, first_error, form_problems, options, path_steps, wiring):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(get_locale=locale_now, ngettext=ngettext)


def locale_now() -> Locale:
    """Return the reader's locale, English where there is no request."""
    return cast("Locale | None", get_locale()) or Locale("en")


def day(value: date) -> str:
    """Say a date with its weekday: Thursday 26 November."""
    return _by_pattern(value, "EEEE d MMMM", "MMMMEd")


def short_day(value: date) -> str:
    """Say a date shortly: 26 Nov."""
    return _by_pattern(value, "d MMM", "MMMd")


def short_day_of_year(value: date) -> str:
    """Say a date shortly with its year, for what outlasts one: 26 Nov 2026."""
    return _by_pattern(value, "d MMM y", "yMMMd")


def day_of_year(value: date) -> str:
    """Say a date with its weekday and year: Friday 15 January 2027."""
    return _by_pattern(value, "EEEE d MMMM y", "yMMMEd")


def at_clock(value: datetime | str, zone: str) -> str:
    """Say a moment by somebody's own clock, with whose time it is: Friday 15 January 2027, 16:30 (Nairobi time).

    A mail holds it as text. By the clock of the world where no zone is named, or this machine knows it no more.
    """
    known = zone_of(zone) or UTC
    local = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(known)
    clock = format_time(local, "HH:mm", tzinfo=known, locale=locale_now())
    if _is_utc(known):
        return str(_("%(day)s, %(time)s UTC", day=day_of_year(local.date()), time=clock))
    city = get_timezone_location(known, locale=locale_now(), return_city=True)
    return str(_("%(day)s, %(time)s (%(city)s time)", day=day_of_year(local.date()), time=clock, city=city))


def moment(value: datetime) -> str:
    """Say a moment with whose time it is: 26 Nov, 16:30 (Nairobi time)."""
    zone = _zone()
    clock = format_time(value, "HH:mm", tzinfo=zone, locale=locale_now())
    if _is_utc(zone):
        return str(_("%(day)s, %(time)s UTC", day=short_day(value), time=clock))
    city = get_timezone_location(zone, locale=locale_now(), return_city=True)
    return str(_("%(day)s, %(time)s (%(city)s time)", day=short_day(value), time=clock, city=city))


@pass_context
def ago_days(context: Context, value: date, now: datetime | None = None) -> str:
    """Say how long ago a day was: today, yesterday, 16 days ago. `now` is the page's own, else the clock's."""
    today = _local(now or context.get("now") or datetime.now(UTC))
    days = (today - _local(value)).days
    if days <= 0:
        return str(_("today"))
    return str(_("yesterday") if days == 1 else ngettext("%(num)s day ago", "%(num)s days ago", days))


def score(value: float) -> str:
    """Say a number of points in the reader's way, without a needless point: 40, 7.5."""
    return format_decimal(round(value, 2), locale=locale_now())


def initials(name: str) -> str:
    """Return the letters that stand for a person, in the name's own script; at most two."""
    words = [word for word in name.split() if word.strip(".,").lower() not in TITLES]
    words = [word for word in words if any(character.isalnum() for character in word)] or name.split()
    if not words:
        return "·"
    first = _first_letter(words[0])
    if len(words) == 1 or unicodedata.name(first[0], "").startswith(WRITTEN_WITHOUT_SPACES):
        return first
    return first + _first_letter(words[-1])


def lang_of(name: str) -> str:
    """Guess the language (BCP 47) of a name from its letters; "" for Latin letters that tell nothing."""
    found = {unicodedata.name(character, "").split(" ")[0] for character in name if character.isalpha()}
    if "ARABIC" in found:
        return _arabic_letters(name)
    if "CYRILLIC" in found:
        return "uk" if UKRAINIAN & set(name) else "ru"
    for script, language in LETTERS_OF:
        if script in found:
            return language
    return _latin_letters(unicodedata.normalize("NFC", name))


def bdi(name: object, style: str = "") -> Markup:
    """Set a name apart from the text around it, with its language: ready for any sentence in any direction."""
    language = lang_of(str(name))
    attributes = Markup(' class="{}"').format(style) if style else Markup()
    attributes += Markup(' lang="{}"').format(language) if language else Markup()
    return Markup("<bdi{}>{}</bdi>").format(attributes, name)


def anchor(words: object) -> str:
    """Make words usable as an element's id."""
    return re.sub(r"[^\w]+", "-", str(words).lower()).strip("-") or "part"


def paragraphs(text: object) -> list[Markup]:
    """Cut a person's words at blank lines; single line breaks stay, everything else is escaped."""
    return _paragraphs(text, escape)


@pass_eval_context
def linked_paragraphs(context: EvalContext, text: object) -> list[Markup]:
    """Do the same, with each address a link into a window of its own: the page around may be an LMS's frame."""
    return _paragraphs(text, lambda line: do_urlize(context, line, rel="noopener noreferrer", target="_blank"))


def _paragraphs(text: object, shown: Callable[[str], str]) -> list[Markup]:
    parts = re.split(r"\n\s*\n", str(text).replace("\r\n", "\n").strip())
    return [Markup("<br>").join(shown(line) for line in part.split("\n")) for part in parts if part.strip()]


def _first_letter(word: str) -> str:
    if word.startswith(ARABIC_ARTICLE) and len(word) > len(ARABIC_ARTICLE) + 1:
        word = word.removeprefix(ARABIC_ARTICLE)
    start = next((index for index, character in enumerate(word) if character.isalnum()), 0)
    return _first_cluster(word[start:]).upper()


def _first_cluster(word: str) -> str:
    """Return what a reader takes for one letter (UAX 29 in short: marks, joiners, conjuncts, leading vowels)."""
    cluster = word[:1]
    for character in word[1:]:
        if not _belongs(cluster, character):
            break
        cluster += character
    return cluster


def _belongs(cluster: str, character: str) -> bool:
    if unicodedata.category(character).startswith("M") or character in JOINERS:
        return True
    last = cluster.rstrip("\u200d")[-1:] or cluster
    virama = unicodedata.combining(last) == 9
    leads = len(cluster) == 1 and any(ord(cluster) in vowels for vowels in LEADING_VOWELS)
    return (virama or leads) and character.isalpha()


def _arabic_letters(name: str) -> str:
    if URDU & set(name):
        return "ur"
    return "fa" if PERSIAN & set(name) else "ar"


def _latin_letters(name: str) -> str:
    return "vi" if VIETNAMESE.search(name) else ""


def _local(value: date) -> date:
    if isinstance(value, datetime):
        return value.astimezone(_zone()).date()
    return value


def _by_pattern(value: date, english: str, skeleton: str) -> str:
    """Format by the locale's own order of parts (CLDR skeleton), the weekday spelt out; English has ours."""
    locale = locale_now()
    known = match_skeleton(skeleton, locale.datetime_skeletons)
    pattern = english if locale.language == "en" or known is None else locale.datetime_skeletons[known].pattern
    return format_date(_local(value), re.sub("E+", "EEEE", pattern), locale=locale)


def _zone() -> tzinfo:
    return cast("tzinfo | None", get_timezone()) or UTC


def _is_utc(zone: tzinfo) -> bool:
    return str(zone) in {"UTC", "Etc/UTC"}

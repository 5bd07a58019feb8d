from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import render_template_string
from flask_babel import force_locale
from jinja2 import Environment
from jinja2.nodes import EvalContext

from lti_mentoring.blueprints._words import (
    ago_days,
    anchor,
    bdi,
    day,
    initials,
    lang_of,
    linked_paragraphs,
    moment,
    paragraphs,
    score,
    short_day,
)

EVENING = datetime(2026, 11, 26, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amina Yusuf", "AY"),
        ("Dr. Priya Raman", "PR"),
        ("Prof Hanna Maria Lindqvist", "HL"),
        ("Dr", "D"),
        ("zoë", "Z"),
        ("عمر الخطيب", "عخ"),
        ("小林 美咲", "小"),
        ("김민준", "김"),
        ("अनन्या शर्मा", "अश"),
        ("क्षितिज", "क्षि"),
        ("ณัฐวุฒิ ศรีสุข", "ณัศ"),
        ("เกษม ใจดี", "เกใจ"),
        ("Δρ Ελένη Παππά", "ΕΠ"),
        ("ד״ר שירה לוי", "של"),
        ("Ọláwálé Adébáyọ̀", "ỌA"),
        ("(Zoë) Brandt", "ZB"),
        ("Al", "A"),
        ("J. क्षि", "Jक्षि"),
        ("J क", "Jक"),
        ("ال", "ا"),
        ("", "·"),
        ("...", "."),
    ],
)
def test_initials_are_letters_of_the_names_own_script(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Amina Yusuf", ""),
        ("Ọláwálé Adébáyọ̀", ""),
        ("Nguyễn Thị Minh Anh", "vi"),
        ("عمر الخطيب", "ar"),
        ("پرویز", "fa"),
        ("ڈاکٹر", "ur"),
        ("小林 みさき", "ja"),
        ("王芳", "zh"),
        ("김민준", "ko"),
        ("अनन्या शर्मा", "hi"),
        ("ณัฐวุฒิ", "th"),
        ("Нурлан Ахметов", "ru"),
        ("Юрій", "uk"),
        ("Ελένη", "el"),
        ("שירה לוי", "he"),
        ("1234", ""),
    ],
)
def test_the_language_of_a_name_is_guessed_from_its_letters(name, language):
    assert lang_of(name) == language


def test_a_name_is_escaped_and_set_apart_in_its_language():
    assert bdi("<b>", "m-x") == '<bdi class="m-x">&lt;b&gt;</bdi>'
    assert bdi("عمر") == '<bdi lang="ar">عمر</bdi>'


def test_a_persons_words_are_cut_at_blank_lines_and_escaped():
    assert paragraphs(" One\r\ntwo\n\n<b>\n ") == ["One<br>two", "&lt;b&gt;"]
    assert paragraphs("") == []


def test_addresses_in_a_persons_words_become_links_and_nothing_else_does():
    context = EvalContext(Environment(autoescape=True))
    assert linked_paragraphs(context, "See\nhttps://a.example\n\n<b> javascript:x") == [
        'See<br><a href="https://a.example" rel="noopener noreferrer" target="_blank">https://a.example</a>',
        "&lt;b&gt; javascript:x",
    ]


def test_an_anchor_is_usable_as_an_id():
    assert anchor("What your mentor said?") == "what-your-mentor-said"
    assert anchor("?!") == "part"


def test_dates_are_said_with_weekday_or_shortly(gallery):
    with gallery.test_request_context():
        assert day(date(2026, 11, 26)) == "Thursday 26 November"
        assert day(EVENING) == "Thursday 26 November"
        assert short_day(EVENING) == "26 Nov"


def test_dates_follow_the_language(gallery):
    with gallery.test_request_context(), force_locale("de"):
        assert day(date(2026, 11, 26)) == "Donnerstag, 26. November"
        assert short_day(date(2026, 11, 26)) == "26. Nov."


def test_a_moment_says_whose_time_it_is(gallery, monkeypatch):
    with gallery.test_request_context():
        assert moment(EVENING) == "26 Nov, 21:30 UTC"
        monkeypatch.setattr("lti_mentoring.blueprints._words.get_timezone", lambda: ZoneInfo("Asia/Kolkata"))
        assert moment(EVENING) == "27 Nov, 03:00 (Kolkata time)"
        assert day(EVENING) == "Friday 27 November"


@pytest.mark.parametrize(
    ("day_of_month", "words"), [(23, "today"), (22, "today"), (21, "yesterday"), (6, "16 days ago")]
)
def test_days_are_counted_from_the_pages_own_now(gallery, day_of_month, words):
    with gallery.test_request_context():
        then = datetime(2026, 11, day_of_month, 23, tzinfo=UTC)
        assert render_template_string("{{ then|ago_days }}", then=then) == words


def test_days_can_be_counted_without_a_page(gallery):
    with gallery.test_request_context():
        assert ago_days({}, datetime.now(UTC)) == "today"
        assert ago_days({}, EVENING, now=datetime(2026, 11, 28, tzinfo=UTC)) == "2 days ago"


@pytest.mark.parametrize(("points", "words"), [(40.0, "40"), (7.5, "7.5"), (33.333333, "33.33"), (0, "0")])
def test_points_are_said_without_a_needless_point(gallery, points, words):
    with gallery.test_request_context():
        assert score(points) == words

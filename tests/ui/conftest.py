"""A small app with one page that shows every part, so that the parts are tested without the product."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fixtures.serving import served
from flask import Flask, render_template, request
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice

from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render, toast
from lti_mentoring.blueprints._parts import PathStep, Place
from lti_mentoring.blueprints._problems import problem, problem_page
from lti_mentoring.blueprints._words import moment, register_words

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
NAMES = ["Nguyễn Thị Minh Anh", "عمر الخطيب", "小林 美咲", "अनन्या शर्मा", "Wolfeschlegelsteinhausenbergerdorff-Zoë B."]
STATES = ["done", "done", "done", "late", "now", "wait", "next"]
WORDS = ["Agreement", "First meeting", "My goals", "Shadowing", "Ward history", "Observed exam", "Closing talk"]


class GalleryForm(Form):
    """One field of each kind."""

    name = StringField("Name", [validators.InputRequired("Write the name")], description="As on the list")
    better = TextAreaField("One thing to do differently", [validators.InputRequired("Write one thing")])
    who = SelectField(
        "Who signs it?", choices=[SelectChoice("mentor", "The mentor"), SelectChoice("faculty", "Faculty")]
    )
    weight = IntegerField("Counts, of 100", [validators.Optional()])
    when = DateField("When did you watch her?", [validators.InputRequired("Choose a date")])
    proof = FileField("A file")
    sure = BooleanField("No patient is named in it")
    kinds = SelectMultipleField(
        "What proves it?", choices=[SelectChoice("file", "A file"), SelectChoice("form", "A form")]
    )
    sign = RadioField(
        "How is it signed?",
        choices=[SelectChoice("a", "By one"), SelectChoice("b", "By both")],
        description="Choose one",
    )
    trust = RadioField(
        "Next time, how much help should she have?",
        [validators.InputRequired("Choose how much help")],
        choices=[
            SelectChoice("1", "She watches me"),
            SelectChoice("2", "I am in the room"),
            SelectChoice("none", "I did not see enough to say"),
        ],
        description="Choose what you would really do, not a mark.",
    )
    note = StringField("A note")


class ShortForm(Form):
    """What the page with one form asks for."""

    name, better, when, trust = GalleryForm.name, GalleryForm.better, GalleryForm.when, GalleryForm.trust


@pytest.fixture(scope="session")
def gallery() -> Flask:
    """The gallery's app, with the product's own templates, filters and policy."""
    app = Flask("gallery", root_path=str(ROOT / "lti_mentoring"), static_folder="static")
    app.config.update(SECRET_KEY="only for the gallery", UPLOAD_LIMIT_MB=20)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), FileSystemLoader(ROOT / "tests/ui/templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
    register_words(app)
    app.context_processor(_context)
    app.after_request(_with_policy)
    _add_pages(app)
    _add_forms(app)
    return app


def _context() -> dict[str, object]:
    tabs = (("Today", "/", True), ("My path", "/path", False), ("Meetings", "/m", False), ("Certificate", "/c", False))
    place = Place("Clinical mentorship", "MED 402 · Autumn 2026", tabs, ("Amina Yusuf", "AY", "student", "/settings"))
    return {
        "csrf_token": lambda: "proof",
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf_token" value="proof">'),
        "seat": None,
        "way_back": lambda **_words: "",
        "place": None if "bare" in request.args else place,
        "now": NOW,
        "theme": request.args.get("theme", "light"),
        "theme_chosen": "unchosen" not in request.args,
    }


def _with_policy(response):
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _add_pages(app: Flask) -> None:
    @app.get("/")
    def gallery_page():
        form = GalleryForm(data={"trust": None, "sign": None})
        form.validate()
        steps = [PathStep(name, state, "/m", "26 Nov") for name, state in zip(WORDS, STATES, strict=True)]
        long_path = [PathStep(f"Step {n}", "done" if n < 5 else "next", "", "", f"Stage {n // 4}") for n in range(12)]
        return render_template(
            "gallery.html", form=form, steps=steps, long_path=long_path, names=NAMES, moment_said=moment(NOW),
            problem=problem("broken", code="E-500"),
        )  # fmt: skip

    @app.get("/problem/<kind>")
    def show_problem(kind: str):
        return problem_page(kind)

    @app.get("/pair")
    def pair():
        toast("Sent.", "/undo")
        announce("One <more>.")
        return render("pair.html", "_pair.html", words="here")

    @app.get("/go")
    def go():
        return redirect_or_hx("/pair?x=1", told="Done & dusted")


def _add_forms(app: Flask) -> None:
    @app.get("/autosubmit")
    def autosubmit():
        return render_template("autosubmit.html")

    @app.post("/form")
    def form():
        sent = ShortForm(request.form)
        return render("form.html", "_form.html", 200 if sent.validate() else 422, form=sent)

    @app.get("/form")
    def empty_form():
        return render("form.html", "_form.html", form=ShortForm())

    @app.get("/poll")
    def poll():
        return "", 204  # the work stands where it stood


@pytest.fixture
def gallery_form(gallery: Flask):
    """A form that has been filled in."""
    with gallery.test_request_context():
        yield GalleryForm(data={"trust": "2", "kinds": ["file"], "name": "Zoë"})


@pytest.fixture(scope="session")
def static():
    """The folder of style sheet, script and icons."""
    return ROOT / "lti_mentoring/static"


@pytest.fixture(scope="session")
def style_sheet(static):
    """The text of the style sheet."""
    return (static / "mentoring.css").read_text()


@pytest.fixture
def pages(gallery: Flask):
    """A client of the gallery."""
    return gallery.test_client()


@pytest.fixture(scope="session")
def address(gallery: Flask):
    """Where a browser finds the gallery."""
    with served(gallery) as port:
        yield f"http://127.0.0.1:{port}"

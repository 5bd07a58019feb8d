"""Which language is spoken to whom: on the page, in the error under a field, and in the mail."""

from dataclasses import replace
from datetime import date

import pytest
from babel import UnknownLocaleError
from factories.browser import sit
from factories.catalogues import bracketed, pseudo_catalogue
from factories.door import Door
from factories.world import NOON, World
from fakes.platform import PRESENTATION, ROLES, STUDENT
from fixtures.applications import settings_for
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.languages import languages_in, spoken
from lti_mentoring.letters import written
from lti_mentoring.models import Mail, Person, Seat
from lti_mentoring.services import evidence
from lti_mentoring.services.evidence import Sending

pytestmark = pytest.mark.usefixtures("settings")  # applications of their own


@pytest.fixture(scope="module")
def german(tmp_path_factory):
    """A folder in which every text of the product has another wording in German."""
    return pseudo_catalogue(tmp_path_factory.mktemp("catalogues"), "de")


@pytest.fixture
def settings(database_url, tmp_path, german):
    """An installation that brings its own catalogues."""
    return replace(settings_for(database_url, tmp_path), translations_dir=german)


def test_each_catalogue_adds_a_language_to_english(german, tmp_path):
    assert languages_in([german, pseudo_catalogue(tmp_path, "pt_BR"), tmp_path / "nothing here"]) == (
        "en",
        "de",
        "pt_BR",
    )
    assert languages_in([]) == ("en",)


def test_a_folder_that_is_named_after_no_language_is_refused_at_the_start(tmp_path):
    pseudo_catalogue(tmp_path, "de")
    (tmp_path / "de").rename(tmp_path / "xx")
    with pytest.raises(UnknownLocaleError):
        languages_in([tmp_path])


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (["de"], "de"),
        (["de-AT"], "de"),
        (["de_ch"], "de"),
        (["fr", "de"], "de"),
        (["en-US", "de"], "en"),
        (["xx", "not a language", "", None], "en"),
        ([], "en"),
    ],
)
def test_the_first_tag_that_we_speak_is_taken_however_a_platform_writes_it(app, asked, language):
    with app.app_context():
        assert spoken(asked) == language


@pytest.fixture
def student(app, session):
    world = World(session)
    return sit(app, session, world, SeatRole.STUDENT, world.student, locale="de-AT")


def test_a_page_follows_the_language_of_the_launch(app, session):
    door = Door(app, session)
    door.walk(change={ROLES: [STUDENT], PRESENTATION: {"locale": "de-AT"}})
    session.rollback()
    assert session.scalars(select(Seat)).one().locale == "de-AT"
    page = door.open("/seat").text
    assert '<html lang="de" dir="ltr"' in page
    assert bracketed("Skip to the page") in page
    assert session.scalars(select(Person)).one().locale == "de-AT"


def test_without_a_language_in_the_launch_the_browsers_is_spoken(client):
    assert bracketed("This page is not here") in client.get("/nowhere", headers={"Accept-Language": "de-CH"}).text
    assert "⟦" not in client.get("/nowhere", headers={"Accept-Language": "fr, en;q=0.5"}).text


def test_a_students_page_is_translated_with_its_dates(app, session):
    world = World(session)
    world.track.starts_on = date(2199, 12, 4)
    student = sit(app, session, world, SeatRole.STUDENT, world.student, locale="de")
    path = student.get("/path").text
    assert bracketed("Skip to the page") in path
    assert "Dez." in path
    assert "Dec " not in path


def test_the_error_under_a_field_is_translated(app, session):
    world = World(session)
    faculty = sit(app, session, world, SeatRole.FACULTY, world.faculty, locale="de")
    [first, *_] = world.track.milestones
    answer = faculty.post(f"/students/{world.student.id}/milestones/{first.id}/extend", {"extend-version": 1})
    assert answer.status_code == 422
    assert bracketed("Write the reason in one sentence") in answer.text


def test_a_failure_is_explained_in_the_readers_language(app, session, student):
    answer = student.get("/milestones/999999")
    assert answer.status_code == 404
    assert bracketed("This page is not here") in answer.text


def test_a_mail_is_written_in_its_readers_language_not_in_that_of_who_caused_it(app, session):
    world = World(session)
    world.guide.locale = "de-DE"
    student = world.sitter(role=SeatRole.STUDENT)
    evidence.send(session, student, world.track.milestones[0].id, Sending(1, "Seen."), None, limit=10, now=NOON)
    mail = session.scalars(select(Mail)).one()
    with app.test_request_context(headers={"Accept-Language": "en"}):
        subject, text = written(mail.kind, mail.facts, mail.person.locale)
        assert (subject[0], subject[-1]) == ("⟦", "⟧")
        assert "Amina Yusuf" in subject
        assert "⟦" in text


@pytest.mark.parametrize("tag", ["en-US", "xx", None])
def test_a_language_that_nobody_speaks_still_gives_a_mail_in_english(app, session, tag):
    world = World(session)
    evidence.send(
        session, world.sitter(role=SeatRole.STUDENT), world.track.milestones[0].id, Sending(1, "Seen."), None,
        limit=10, now=NOON,
    )  # fmt: skip
    mail = session.scalars(select(Mail)).one()
    assert written(mail.kind, mail.facts, tag)[0].startswith("Amina Yusuf sent Milestone 1")

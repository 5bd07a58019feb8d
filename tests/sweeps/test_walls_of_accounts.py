"""Nobody gets in by an account where they may not: operators, administrators of this house and of another, strangers.

Every route of the URL map. And an operator is shown no person, no course and no work by any answer whatever.
"""

from itertools import count

import pytest
from factories.accounts import administrator, come_in, operator
from factories.browser import forget_request
from factories.outside import come_in_from_outside
from factories.world import NOON, mentorship
from fixtures.applications import connected_app, settings_for
from sqlalchemy import select
from sweeps.furnished import SECRET, Furnished
from sweeps.walls import EVERYTHING, Stranger, Walls, nothing_written

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Context, Person, SignInSession
from lti_mentoring.services.mentors import untick

OPERATOR, ADMINISTRATOR, MENTOR = AccountKind
FORM = {**EVERYTHING, "name": "A name", "colleague": "A colleague"}
NUMBERS = count(1)
ENDS = {"signing_in.leave", "account.end_everywhere"}


class House(Walls):
    """Two institutions, and whoever signs in without an LMS."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here, self.there = (Furnished(app, session, marker=f"mark-{name}") for name in ("here", "there"))
        session.commit()
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    def signed_in(self, kind, of=None):
        self.session.rollback()
        if kind is MENTOR:
            return self.nowhere()
        who = operator(self.session) if kind is OPERATOR else administrator(self.session, (of or self.here).institution)
        return come_in(self.app, self.session, who)

    def seated(self, world=None):
        """Sign an outside mentor in who sits in a course and has a student there."""
        self.session.rollback()
        world = world or self.here
        made = come_in_from_outside(self.app, self.session, world, address=f"mentor{next(NUMBERS)}@clinic.example")
        made.mentee = world.another_student(name=world.said("Mentee Of An Outsider"))
        mentorship(self.session, made.outsider.mentor, made.mentee)
        self.session.commit()
        return made

    def nowhere(self):
        """Sign an outside mentor in whom faculty took out of the list."""
        made = come_in_from_outside(self.app, self.session, self.here, address=f"gone{next(NUMBERS)}@clinic.example")
        untick(self.session, self.here.sitter(), made.outsider.mentor.id, now=NOON)
        self.session.commit()
        return made

    def doors(self, kind):
        """Give the routes that this kind of account may ask for."""
        return [rule for rule in self.rules if kind in self.access(rule).accounts]

    def walls(self, kind):
        """Give the routes that ask for a seat or for another kind of account."""
        shut = (rule for rule in self.rules if kind not in self.access(rule).accounts)
        return [rule for rule in shut if self.access(rule).roles is not None]


@pytest.fixture(scope="module")
def house(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("walls-of-accounts"))) as app:
        app.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
        with app.app_context():
            yield House(app, app.extensions["sqlalchemy"].session())
    sqlite_copies.drop(url)


def press(browser, method, path, form=FORM):
    return browser.get(path) if method == "GET" else browser.post(path, form)


@pytest.mark.parametrize("kind", AccountKind)
def test_an_account_opens_no_page_of_a_course_and_none_of_the_other_kind(house, kind):
    browser, tried = house.signed_in(kind), 0
    with nothing_written(house.session):
        for rule in house.walls(kind):
            for method, path in house.calls(rule, house.here.numbers):
                answer = press(browser, method, path)
                assert answer.status_code in {401, 403}, (method, path, answer.status_code)
                assert SECRET not in answer.text
                tried += 1
    assert tried > 60


def test_without_an_account_its_pages_ask_to_sign_in(house):
    stranger, tried = Stranger(house.app), 0
    with nothing_written(house.session):
        for rule in house.rules:
            if house.access(rule).accounts and not house.access(rule).roles:
                for method, path in house.calls(rule, house.here.numbers):
                    answer = press(stranger, method, path)
                    assert (answer.status_code, 'href="/sign-in"' in answer.text) == (401, True), (method, path)
                    tried += 1
    assert tried > 20


@pytest.mark.parametrize("whose", ["here", "there"])
def test_an_administrators_account_finds_nothing_of_another_institution(house, whose):
    own, other = (house.here, house.there) if whose == "here" else (house.there, house.here)
    browser, numbers, tried = house.signed_in(ADMINISTRATOR, own), other.numbers, 0
    with nothing_written(house.session):
        for rule in house.doors(ADMINISTRATOR):
            if rule.arguments & set(numbers):
                for method, path in house.calls(rule, numbers):
                    answer = press(browser, method, path)
                    assert answer.status_code == 404, (method, path, answer.status_code)
                    tried += 1
        for page in ("/admin", "/admin/platforms", "/admin/people", "/admin/audit"):
            answer = browser.get(page)
            assert answer.status_code == 200
            assert not other.shows_in(answer), page
    assert tried > 8


def test_an_operator_finds_an_account_only_under_its_own_institution(house):
    browser, there = house.signed_in(OPERATOR), house.there
    with nothing_written(house.session):
        for what in ("link", "off", "on"):
            mixed = f"/operator/institutions/{house.here.institution.id}/administrators/{there.account.id}/{what}"
            assert browser.post(mixed).status_code == 404
            assert browser.post(f"/operator/accounts/{there.account.id}/{what}").status_code == 404


@pytest.mark.parametrize("kind", AccountKind)
def test_every_form_wants_the_proof_of_its_own_session(house, kind):
    browser, other = house.signed_in(kind), house.signed_in(kind).proof()
    with nothing_written(house.session):
        for rule in house.doors(kind):
            for method, path in house.calls(rule, house.here.numbers):
                for proof in ("", "0" * 64, other) if method == "POST" else ():
                    answer = browser.post(path, {**FORM, "csrf_token": proof}, proof=False)
                    assert answer.status_code == 403, (path, proof)


@pytest.mark.parametrize("kind", AccountKind)
def test_looking_at_a_page_changes_nothing(house, kind):
    browser = house.signed_in(kind)
    with nothing_written(house.session):
        for rule in house.doors(kind):
            for method, path in house.calls(rule, house.here.numbers):
                if method == "GET":
                    assert browser.get(path).status_code in {200, 302, 404}, path


def test_an_operator_is_shown_no_person_no_course_and_no_work(house):
    """By no page and by no answer to a form; the canaries are everybody and everything that the course has."""
    browser, session = house.signed_in(OPERATOR), house.session
    told = {SECRET}
    for one in session.scalars(select(Person)):
        told |= {one.name, one.email, one.subject}
    for one in session.scalars(select(Context)):
        told |= {one.title, one.label, one.context_id}
    told |= {house.here.track.title, house.here.track.milestones[0].title, house.here.award.public_id}
    tried = 0
    for rule in house.doors(OPERATOR):
        if rule.endpoint in ENDS:
            continue
        for method, path in house.calls(rule, house.here.numbers):
            answer = press(browser, method, path)
            assert answer.status_code < 500, (method, path)
            assert [text for text in told if text in answer.text] == [], (method, path)
            tried += 1
    assert tried > 20
    forget_request()
    assert len(session.scalars(select(SignInSession)).all()) > 1


def test_an_outside_mentor_opens_what_mentors_open_and_finds_nothing_of_another_house(house):
    browser, there, tried = house.seated(), house.there, 0
    with nothing_written(house.session):
        for rule in house.rules:
            access = house.access(rule)
            if access.roles is None or MENTOR in access.accounts:
                continue
            is_mentors = SeatRole.MENTOR in access.roles
            if is_mentors and not rule.arguments & set(there.numbers):
                continue
            for method, path in house.calls(rule, there.numbers):
                answer = press(browser, method, path)
                assert answer.status_code in ({404} if is_mentors else {401, 403}), (method, path, answer.status_code)
                assert not there.shows_in(answer), (method, path)
                tried += 1
    assert tried > 80


def test_an_outside_mentor_finds_nothing_of_another_mentors_students(house):
    browser, tried = house.seated(), 0
    with nothing_written(house.session):
        for rule in house.rules:
            access = house.access(rule)
            if SeatRole.MENTOR in (access.roles or ()) and "student_id" in rule.arguments:
                for method, path in house.calls(rule, house.here.numbers):
                    answer = press(browser, method, path)
                    assert answer.status_code == 404, (method, path, answer.status_code)
                    assert SECRET not in answer.text
                    tried += 1
    assert tried > 5
    assert browser.get(f"/students/{browser.mentee.id}").status_code == 200


def test_an_outside_mentors_forms_want_the_proof_of_the_own_session(house):
    browser, other = house.seated(), house.seated().proof()
    with nothing_written(house.session):
        for rule in house.rules:
            if SeatRole.MENTOR in (house.access(rule).roles or ()) and "POST" in rule.methods:
                for method, path in house.calls(rule, house.here.numbers):
                    for proof in ("", "0" * 64, other) if method == "POST" else ():
                        answer = browser.post(path, {**FORM, "csrf_token": proof}, proof=False)
                        assert answer.status_code == 403, (path, proof)


def test_an_outside_mentor_looks_and_changes_nothing(house):
    browser = house.seated()
    with nothing_written(house.session):
        for rule in house.rules:
            access = house.access(rule)
            if (SeatRole.MENTOR in (access.roles or ()) or MENTOR in access.accounts) and "GET" in rule.methods:
                for method, path in house.calls(rule, house.here.numbers):
                    if method == "GET":
                        answer = browser.get(path)
                        assert answer.status_code in {200, 302, 404}, path
                        assert not house.there.shows_in(answer), path

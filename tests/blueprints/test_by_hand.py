"""Registering a platform by hand, product by product."""

import re

import pytest
from factories.browser import sit
from factories.world import World
from flask import g
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Registration
from lti_mentoring.plugins import load_quirks

RECORDS = {record.product: record for record in load_quirks(())}
NEW = "/admin/platforms/new"
MOODLE = f"{NEW}/moodle"
TYPED = {
    "name": "Moodle", "issuer": "https://moodle.example ", "client_id": "c1", "auth_url": "https://moodle.example/a",
    "token_url": "https://moodle.example/t", "jwks_url": "https://moodle.example/k",
    "token_audience": "", "deployments": "1\n 2 \n",
}  # fmt: skip


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def admin(app, session, world):
    return sit(app, session, world, SeatRole.ADMINISTRATOR)


def value_of(page, field):
    tag = next(tag for tag in re.findall(r"<input[^>]*>", page) if f'id="{field}"' in tag)
    return re.search(r'value="([^"]*)"', tag)[1]


def stored(session, client_id="c1"):
    return session.scalars(select(Registration).where(Registration.client_id == client_id)).one()


@pytest.mark.parametrize("role", [role for role in SeatRole if role is not SeatRole.ADMINISTRATOR])
def test_nobody_else_comes_in(app, session, world, role):
    client = sit(app, session, world, role)
    for url in (NEW, MOODLE):
        assert client.get(url).status_code == 403
        for name in list(g):
            g.pop(name)


def test_the_product_is_chosen_first(admin):
    page = admin.get(NEW).text
    assert [f"/{name}" in page for name in (*RECORDS, "other")] == [True] * (len(RECORDS) + 1)
    for unknown in ("unheard-of", "Moodle"):
        assert admin.get(f"{NEW}/{unknown}").status_code == 404


@pytest.mark.parametrize("product", RECORDS)
def test_both_sides_are_shown_in_the_product_s_own_words(admin, product):
    record, page = RECORDS[product], admin.get(f"{NEW}/{product}").text
    words = page.replace("&#39;", "'").replace("&gt;", ">")
    for _, called in record.by_hand.give:
        assert f">{called}</strong>" in words
    for called in record.by_hand.find.values():
        assert f"In the LMS: {called}" in words
    for name, choice in record.by_hand.choose:
        assert name in words
        assert choice in words
    assert record.by_hand.give_on in words
    assert record.by_hand.find_on in words
    assert page.count("data-copy=") == len(record.by_hand.give)


def test_what_a_launch_should_carry_besides_is_copied_in_lines(admin):
    page = admin.get(MOODLE).text
    assert 'id="our-custom">context_history=$Context.id.history\n' in page
    assert "$Moodle." in page
    assert "$Canvas." not in page


def test_an_lms_that_we_do_not_know_is_asked_for_what_the_standards_know(admin):
    page = admin.get(f"{NEW}/other").text
    assert "$Context.id.history" in page
    assert "$Moodle." not in page
    assert "$com.instructure." not in page


def test_an_lms_without_a_record_is_registered_in_the_words_of_the_standards(admin, session):
    page = admin.get(f"{NEW}/other").text
    for value in ("https://localhost/lti/login", "https://localhost/lti/launch", "https://localhost/lti/jwks.json"):
        assert value in page
    assert admin.post(f"{NEW}/other", TYPED).status_code == 303
    assert stored(session).product_family == ""


def test_canvas_gets_one_address_and_comes_filled_for_each_of_its_clouds(admin):
    page = admin.get(f"{NEW}/canvas").text
    assert "https://localhost/lti/canvas.json" in page
    assert value_of(page, "issuer") == "https://canvas.instructure.com"
    assert value_of(page, "auth_url") == "https://sso.canvaslms.com/api/lti/authorize_redirect"
    assert value_of(page, "token_url") == "https://sso.canvaslms.com/login/oauth2/token"
    beta, test = (admin.get(f"{NEW}/canvas?place={number}").text for number in (1, 2))
    assert value_of(beta, "issuer") == "https://canvas.beta.instructure.com"
    assert value_of(test, "jwks_url") == "https://sso.test.canvaslms.com/api/lti/security/jwks"
    own = admin.get(f"{NEW}/canvas?place=-1").text
    assert [value_of(own, name) for name in ("issuer", "auth_url")] == ["", ""]
    assert admin.get(f"{NEW}/canvas?place=99").status_code == 200


def test_blackboard_s_keys_stand_under_the_client_id_that_is_typed(admin, session):
    page = admin.get(f"{NEW}/blackboard").text
    keys = value_of(page, "jwks_url")
    assert "{client_id}" in keys
    admin.post(f"{NEW}/blackboard", TYPED | {"jwks_url": keys, "client_id": "a/b"})
    found = stored(session, "a/b")
    assert found.jwks_url == "https://developer.blackboard.com/api/v1/management/applications/a%2Fb/jwks.json"
    assert found.product_family == "BlackboardLearn"


def test_brightspace_s_audience_comes_filled_and_is_asked_of_nobody_else(admin, session):
    page = admin.get(f"{NEW}/brightspace").text
    assert value_of(page, "token_audience") == "https://api.brightspace.com/auth/token"
    assert 'id="token_audience"' not in admin.get(MOODLE).text
    admin.post(f"{NEW}/brightspace", TYPED | {"token_audience": "https://api.brightspace.com/auth/token"})
    assert stored(session).token_audience == "https://api.brightspace.com/auth/token"


def test_a_platform_is_registered_with_its_deployments(session, world, admin):
    answer = admin.post(MOODLE, TYPED)
    assert answer.status_code == 303
    found = stored(session)
    assert (found.issuer, found.institution_id) == ("https://moodle.example", world.institution.id)
    assert found.product_family == "moodle"
    assert sorted(one.deployment_id for one in found.deployments) == ["1", "2"]
    assert "Moodle is registered." in admin.get(answer.headers["Location"]).text


def test_the_same_typed_again_is_mended_and_says_what_changed(session, admin):
    admin.post(MOODLE, TYPED)
    same = admin.post(MOODLE, TYPED)
    assert "nothing changed" in admin.get(same.headers["Location"]).text
    moved = admin.post(
        MOODLE, TYPED | {"jwks_url": "https://moodle.example/new", "token_url": "https://moodle.example/n"}
    )
    assert "Changed: Access token URL, Public keyset URL." in admin.get(moved.headers["Location"]).text
    assert stored(session).jwks_url == "https://moodle.example/new"
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.mended")).all()
    assert [entry.facts["changed"] for entry in entries] == [[], ["token_url", "jwks_url"]]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("issuer", "moodle.example", "begins with https://"),
        ("jwks_url", "http://moodle.example/k", "begins with https://"),
        ("name", " ", "Give the platform a name"),
        ("client_id", "x" * 300, "at most 255 characters"),
        ("deployments", "y" * 300, "at most 255 characters"),
    ],
)
def test_what_was_typed_wrong_is_named_and_kept(session, admin, field, value, words):
    answer = admin.post(MOODLE, TYPED | {field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert "https://moodle.example/t" in answer.text
    assert session.scalar(select(Registration).where(Registration.client_id == "c1")) is None


def test_a_registration_of_another_institution_is_refused_in_words(session, admin):
    other = World(session)
    session.commit()
    theirs = {"issuer": other.registration.issuer, "client_id": other.registration.client_id}
    answer = admin.post(MOODLE, TYPED | theirs)
    assert answer.status_code == 422
    assert "registered for another institution" in answer.text


def test_at_a_shared_issuer_it_waits_and_the_page_says_so(session, admin):
    cloud = {"issuer": "https://canvas.instructure.com", "name": "Our Canvas"}
    answer = admin.post(f"{NEW}/canvas", TYPED | cloud)
    page = admin.get(answer.headers["Location"]).text
    assert "waits until whoever runs Mentoring has confirmed it" in page
    assert "Nobody can open Mentoring from it yet." in page
    assert stored(session).waits_since is not None
    switched = (
        admin.post(f"/admin/platforms/{stored(session).id}/off"),
        admin.post(f"/admin/platforms/{stored(session).id}/on"),
    )
    assert [one.status_code for one in switched] == [303, 303]
    assert "Nobody can open Mentoring from it yet." in admin.get("/admin/platforms").text

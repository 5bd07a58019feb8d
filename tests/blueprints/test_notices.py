"""The door for notices over the real route: what is taken, what each is told, and that nothing is done twice."""

import gzip
import json
import logging
from datetime import timedelta

import pytest
from factories.door import BASE, Door
from factories.world import track
from fakes.platform import CONTEXT, DEPLOYMENT_ID, rsa_key
from sqlalchemy import select

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.models import AuditEntry, Context, Notice, NoticeState, RegistrationState
from lti_mentoring.queries.copying import Origin, copies_offered
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.tasks.notices import act


@pytest.fixture
def door(app, session):
    return Door(app, session)


def send(door, *tokens, **options):
    body = {"notices": [{"jwt": token} for token in tokens]}
    return door.browser.post("/lti/notices", base_url=BASE, **({"json": body} | options))


def ends(answer):
    return [one.get("code", one["status"]) for one in answer.json["notices"]]


def stored(session, model=Notice):
    session.rollback()
    return session.scalars(select(model).order_by(model.id)).all()


def test_a_copied_course_is_remembered_before_anybody_opens_it(door, session):
    answer = send(door, door.platform.notice(1, now=utcnow()))
    assert (answer.status_code, answer.json) == (202, {"notices": [{"status": "accepted"}]})
    [notice] = stored(session)
    assert notice.state is NoticeState.WAITING
    assert stored(session, Context) == []
    act.run(notice.id)
    [copied] = stored(session, Context)
    assert (copied.context_id, copied.history) == ("course-new", ["course-1"])
    assert copied.title == "Clinical placement, again"
    assert copied.deployment_id == door.deployment.id
    assert [row.action for row in stored(session, AuditEntry)] == ["notice.received", "course.copied"]


def test_whoever_opens_the_copy_first_is_offered_the_setup_of_the_origin(door, session):
    door.walk()
    [course] = stored(session, Context)
    track(session, course, title="Mentorship of last year")
    session.commit()
    send(door, door.platform.notice(1, now=utcnow()))
    act.run(stored(session)[0].id)
    door.walk(change={CONTEXT: {"id": "course-new", "title": "Again"}, "sub": "somebody-else"})
    sitter = find_sitter(session, door.browser.get_cookie(SEAT_COOKIE, domain="localhost").value, now=utcnow())
    [offer] = copies_offered(session, sitter)
    assert (offer.title, offer.origin) == ("Mentorship of last year", Origin.COPIED)


def test_a_greeting_is_noted_and_what_we_do_not_know_is_ignored_politely(door, session):
    now = utcnow()
    kinds = ("LtiHelloWorldNotice", "LtiAssetProcessorSubmissionNotice")
    answer = send(door, *(door.platform.notice(number, now=now, kind=kind) for number, kind in enumerate(kinds)))
    assert (answer.status_code, ends(answer)) == (202, ["accepted", "ignored"])
    hello, other = stored(session)
    act.run(hello.id)
    act.run(other.id)
    assert [row.state for row in stored(session)] == [NoticeState.DONE, NoticeState.IGNORED]
    assert stored(session, Context) == []
    assert [row.action for row in stored(session, AuditEntry)] == ["notice.received", "notice.ignored"]


def test_a_bad_one_does_not_spoil_its_neighbours(door, session, caplog):
    caplog.set_level(logging.WARNING, "lti_mentoring.notices")
    now, make = utcnow(), door.platform.notice
    answer = send(
        door, make(1, now=now), make(2, now=now, key=rsa_key(9)), "a.b.c", make(3, now=now - timedelta(days=2)),
        make(4, now=now, change={DEPLOYMENT_ID: "nobody's"}), make(5, now=now),
    )  # fmt: skip
    assert answer.status_code == 202
    assert ends(answer) == [
        "accepted", "signature_wrong", "id_token_malformed", "exp_passed", "deployment_unknown", "accepted",
    ]  # fmt: skip
    assert [row.notice_id for row in stored(session)] == ["notice-1", "notice-5"]
    assert {record.code for record in caplog.records} == set(ends(answer)) - {"accepted"}


def test_a_batch_without_a_good_one_is_refused(door, session):
    answer = send(door, door.platform.notice(1, now=utcnow(), key=rsa_key(9)), "a.b.c")
    assert (answer.status_code, ends(answer)) == (401, ["signature_wrong", "id_token_malformed"])
    assert stored(session) == []
    assert send(door).status_code == 202


def test_the_same_notice_counts_once_however_often_it_comes(door, session):
    raw = door.platform.notice(1, now=utcnow())
    again = door.platform.notice(1, now=utcnow() + timedelta(seconds=5), change={"nonce": "another"})
    assert ends(send(door, raw, raw)) == ["accepted", "known"]
    answer = send(door, raw, again)
    assert (answer.status_code, ends(answer)) == (202, ["known", "known"])
    [notice] = stored(session)
    act.run(notice.id)
    act.run(notice.id)
    assert len(stored(session, AuditEntry)) == 2
    assert len(stored(session, Context)) == 1


def test_a_nonce_serves_for_one_notice_only(door, session):
    now = utcnow()
    send(door, door.platform.notice(1, now=now))
    answer = send(door, door.platform.notice(2, now=now, change={"nonce": "nonce-1"}))
    assert (answer.status_code, ends(answer)) == (401, ["nonce_used"])
    assert [row.notice_id for row in stored(session)] == ["notice-1"]


def test_another_tenants_platform_tells_nothing_of_ours(app, door, session):
    other = Door(app, session, issuer="https://other.example", client_id="client-2", key_number=2)
    app.extensions["platform_client"].answers[door.platform.jwks_url] = door.platform.jwks
    ours = {"iss": door.platform.issuer, "aud": "client-1", "azp": "client-1"}
    forged = other.platform.notice(1, now=utcnow(), change=ours)
    own = other.platform.notice(2, now=utcnow())
    assert ends(send(door, forged, own)) == ["kid_unknown", "accepted"]
    [notice] = stored(session)
    assert (notice.institution_id, notice.registration_id) == (other.institution.id, other.registration.id)
    act.run(notice.id)
    assert {row.institution_id for row in stored(session, Context)} == {other.institution.id}


def test_a_platform_that_was_switched_off_is_not_heard(app, door, session):
    door.registration.state = RegistrationState.DISABLED
    session.commit()
    assert ends(send(door, door.platform.notice(1, now=utcnow()))) == ["registration_disabled"]


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"json": None, "data": b"{"}, 400, "notices_not_json"),
        ({"json": ["a"]}, 400, "notices_missing"),
        ({"json": {"notices": ["x"] * 10_000}}, 413, "notices_too_many"),
        ({"json": None, "data": b"x" * 2_000_000}, 413, "notices_too_large"),
        ({"json": None, "data": {"notices": "x"}}, 400, "notices_not_json"),
        (
            {
                "json": None,
                "data": gzip.compress(json.dumps({"notices": []}).encode()),
                "headers": {"Content-Encoding": "gzip"},
            },
            415,
            "notices_encoded",
        ),
    ],
    ids=["cut", "list", "ten-thousand", "too-large", "form", "gzip"],
)
def test_what_is_no_batch_is_answered_with_a_code(door, session, options, status, code):
    answer = send(door, **options)
    assert (answer.status_code, answer.json) == (status, {"error": code})
    assert stored(session) == []


def test_a_stranger_with_five_hundred_tokens_makes_us_fetch_once(app, door):
    stray = door.platform.notice(1, now=utcnow(), header={"kid": "unknown"})
    answer = send(door, *[stray] * 500)
    assert set(ends(answer)) == {"kid_unknown"}
    assert len(door.fetch.fetched) == 1

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import NOON, QUICK, access_for, client_for

from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.products.canvas import CANVAS
from lti_mentoring.lti.products.moodle import MOODLE
from lti_mentoring.lti.products.openedx import OPEN_EDX
from lti_mentoring.lti.quirks import SPECIFICATION
from lti_mentoring.lti.scores import (
    RESULTS,
    SCORE,
    Result,
    Score,
    ScoreAnswer,
    Settled,
    beside,
    post_score,
    read_result,
    settle,
)

EIGHTY = Score("user-1", 80, 100, NOON)
SCORES = "/lineitems/1/lineitem/scores"
RESULTS_PATH = "/lineitems/1/lineitem/results"


@pytest.fixture
def lms():
    with LmsServer() as server:
        server.add_line_item(scoreMaximum=10)
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


@pytest.fixture
def column(lms):
    return lms.line_items["1"]["id"]


def post(lms, client, score=EIGHTY, quirks=SPECIFICATION):
    return post_score(client, access_for(lms, client), lms.line_items["1"]["id"], score, quirks=quirks)


# ------------------------------------------------------------------ what is sent


def test_a_score_is_sent_as_final_with_all_fields(lms, client):
    assert post(lms, client) is ScoreAnswer.ACCEPTED
    sent = lms.requests[-1]
    assert (sent.method, sent.path, sent.raw_query) == ("POST", SCORES, "type_id=3")
    assert (sent.headers["content-type"], sent.json) == (
        SCORE,
        {
            "userId": "user-1",
            "scoreGiven": 80,
            "scoreMaximum": 100,
            "timestamp": "2026-11-23T12:00:00.000+00:00",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        },
    )
    assert lms.results["1", "user-1"]["resultScore"] == 8


def test_canvas_is_told_that_it_is_no_new_attempt(lms, client):
    post(lms, client, quirks=CANVAS)
    assert lms.requests[-1].json["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}


@pytest.mark.parametrize(
    ("given", "sent"), [(0, "0"), (7.5, "7.5"), (Decimal("80.00"), "80"), (Decimal("0.1"), "0.1"), (100.0, "100")]
)
def test_numbers_are_sent_plainly(lms, client, given, sent):
    post(lms, client, replace(EIGHTY, given=given))
    assert f'"scoreGiven": {sent},'.encode() in lms.requests[-1].body


def test_a_time_of_another_zone_is_sent_in_utc(lms, client):
    zone = timezone(timedelta(hours=5, minutes=30))
    post(lms, client, replace(EIGHTY, timestamp=datetime(2026, 11, 23, 17, 30, tzinfo=zone)))
    assert lms.requests[-1].json["timestamp"] == "2026-11-23T12:00:00.000+00:00"


@pytest.mark.parametrize(("comment", "sent"), [("Well done – धन्यवाद", True), ("", False), (None, False)])
def test_a_comment_is_sent_where_there_is_one(lms, client, comment, sent):
    post(lms, client, replace(EIGHTY, comment=comment))
    assert ("comment" in lms.requests[-1].json) is sent


def test_a_score_above_the_maximum_is_allowed():
    assert Score("user-1", 110, 100, NOON).given == 110


@pytest.mark.parametrize(
    "wrong",
    [
        {"given": -1},
        {"given": True},
        {"given": float("nan")},
        {"given": Decimal("Infinity")},
        {"given": "80"},
        {"given": None},
        {"maximum": 0},
        {"maximum": -1},
        {"maximum": False},
        {"maximum": float("inf")},
        {"timestamp": NOON.replace(tzinfo=None)},
        {"timestamp": NOON.replace(microsecond=1)},
        {"user_id": ""},
    ],
)
def test_a_score_that_no_gradebook_could_hold_is_not_even_made(wrong):
    with pytest.raises(ValueError, match=r"score|maximum"):
        replace(EIGHTY, **wrong)


# ------------------------------------------------------------------ what is answered


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_score_is_accepted_with_any_body(lms, client, status):
    lms.reply(SCORES, Reply(status, b"" if status == 204 else b"null"))
    assert post(lms, client) is ScoreAnswer.ACCEPTED


def test_a_sign_in_page_is_no_acceptance_but_a_lost_answer(lms, client):
    lms.reply(SCORES, HTML)
    with pytest.raises(PlatformAnswerUnreadable) as failed:
        post(lms, client)
    assert failed.value.reason == "html"


def test_an_empty_answer_is_accepted_whatever_type_it_declares(lms, client):
    lms.reply(SCORES, Reply(200, b"", {"Content-Type": "text/html; charset=utf-8"}))
    assert post(lms, client) is ScoreAnswer.ACCEPTED


CANVAS_OLD = Reply.json({"errors": {"message": "Provided timestamp of X before last updated timestamp of Y"}}, 400)
OPEN_EDX_OLD = Reply.json({"timestamp": ["Score timestamp can only be updated to a later point in time"]}, 400)
MOODLE_PERSON = Reply.json({"reason": "Incorrect score received", "timestamp": "2026"}, 400)


@pytest.mark.parametrize(
    ("reply", "quirks", "answer"),
    [
        (Reply(409), SPECIFICATION, ScoreAnswer.OLD_TIMESTAMP),
        (Reply(409), MOODLE, ScoreAnswer.OLD_TIMESTAMP),
        (CANVAS_OLD, CANVAS, ScoreAnswer.OLD_TIMESTAMP),
        (OPEN_EDX_OLD, OPEN_EDX, ScoreAnswer.OLD_TIMESTAMP),
        (OPEN_EDX_OLD, SPECIFICATION, ScoreAnswer.OLD_TIMESTAMP),
        (MOODLE_PERSON, MOODLE, ScoreAnswer.REFUSED),
        (Reply(400, b"no"), CANVAS, ScoreAnswer.REFUSED),
        (Reply(412), SPECIFICATION, ScoreAnswer.REFUSED),
        (Reply(422), CANVAS, ScoreAnswer.REFUSED),
        (Reply(404), SPECIFICATION, ScoreAnswer.ITEM_GONE),
        (Reply(410), SPECIFICATION, ScoreAnswer.ITEM_GONE),
        (Reply(403), SPECIFICATION, ScoreAnswer.FORBIDDEN),
    ],
)
def test_a_score_not_taken_says_why(lms, client, reply, quirks, answer):
    lms.reply(SCORES, reply)
    assert post(lms, client, quirks=quirks) is answer


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500), "server_error"),
        (Reply(503, HTML.body), "server_error"),
        (Reply(429, headers={"Retry-After": "60"}), "throttled"),
        (Reply(403, b"403 Forbidden (Rate Limit Exceeded)"), "throttled"),
        (Reply(wait=3), "timeout"),
        (Reply(drop=True), "connection"),
    ],
)
def test_a_platform_out_of_order_leaves_the_score_open(lms, client, reply, reason):
    client = client_for(lms, timeouts=QUICK) if reply.wait else client
    lms.reply(SCORES, reply)
    with pytest.raises(PlatformUnavailable) as caught:
        post(lms, client)
    assert caught.value.reason == reason
    assert len(lms.seen(SCORES)) == 1


def test_a_score_is_sent_again_only_after_the_first_401(lms, client):
    lms.reply(SCORES, Reply(401))
    assert post(lms, client) is ScoreAnswer.ACCEPTED
    lms.always(SCORES, Reply(401))
    with pytest.raises(PlatformRefused):
        post(lms, client)
    assert len(lms.seen(SCORES)) == 4


def test_a_redirect_does_not_carry_a_score_elsewhere(lms, client):
    lms.reply(SCORES, Reply(302, headers={"Location": f"{lms.url}/login"}))
    with pytest.raises(PlatformRefused) as caught:
        post(lms, client)
    assert (caught.value.reason_code, lms.seen("/login")) == ("redirected", [])


# ------------------------------------------------------------------ read back


def test_a_result_is_read_back_without_a_limit(lms, client, column):
    post(lms, client)
    assert read_result(client, access_for(lms, client), column, "user-1") == Result("user-1", 8.0, 10.0)
    sent = lms.requests[-1]
    assert (sent.path, sent.query, sent.headers["accept"]) == (
        RESULTS_PATH,
        {"type_id": "3", "user_id": "user-1"},
        RESULTS,
    )


@pytest.mark.parametrize(
    ("items", "result"),
    [
        ([], None),
        ([{"userId": "user-2", "resultScore": 5}], None),
        (["junk", {"userId": "user-1", "resultScore": 0.5}], Result("user-1", 0.5, 1.0)),
        ([{"userId": "user-1"}], Result("user-1", None, 1.0)),
        ([{"userId": "user-1", "resultScore": None, "resultMaximum": 0}], Result("user-1", None, 1.0)),
        ([{"userId": 7, "resultScore": 5}], None),
        (
            [{"userId": "user-1", "resultScore": "80.00", "resultMaximum": 100, "comment": "By hand"}],
            Result("user-1", 80.0, 100.0, "By hand"),
        ),
    ],
)
def test_the_person_is_found_in_whatever_comes_back(lms, client, column, items, result):
    lms.reply(RESULTS_PATH, Reply.json(items))
    assert read_result(client, access_for(lms, client), column, "user-1") == result


def test_results_are_looked_for_on_every_page(lms, client, column):
    following = f"<{lms.url}{RESULTS_PATH}?from=1>; rel=next"
    mine = [{"userId": "user-1", "resultScore": 1}]
    lms.reply(RESULTS_PATH, Reply.json([{"userId": "user-2"}], Link=following), Reply.json(mine))
    assert read_result(client, access_for(lms, client), column, "user-1").score == 1


@pytest.mark.parametrize(("reply", "reason"), [(HTML, "html"), (Reply.json({}), "shape")])
def test_results_that_cannot_be_read_are_not_taken_for_none(lms, client, column, reply, reason):
    lms.reply(RESULTS_PATH, reply)
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        read_result(client, access_for(lms, client), column, "user-1")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("url", "scores"),
    [
        ("https://lms.test/1/lineitem?type_id=3", "https://lms.test/1/lineitem/scores?type_id=3"),
        ("https://lms.test/1/lineitem?a=1?b=2&c=%2F", "https://lms.test/1/lineitem/scores?a=1?b=2&c=%2F"),
        ("https://lms.test/1/", "https://lms.test/1/scores"),
        ("https://lms.test/1#x", "https://lms.test/1/scores"),
        ("https://[/1", "https://[/1"),
    ],
)
def test_a_service_hangs_on_the_path_and_the_query_stays(url, scores):
    assert beside(url, "scores") == scores


# ------------------------------------------------------------------ settled


@pytest.mark.parametrize(
    ("shown", "maximum", "settled"),
    [
        (80, 100, Settled.ARRIVED),
        (8, 10, Settled.ARRIVED),
        (0.8, 1, Settled.ARRIVED),
        (80.04, 100, Settled.ARRIVED),
        (79.9, 100, Settled.TEACHER_CHANGED),
        (95, 100, Settled.TEACHER_CHANGED),
        (0, 100, Settled.TEACHER_CHANGED),
        (60, 100, Settled.BUMP),
        (6, 10, Settled.BUMP),
        (None, 100, Settled.BUMP),
    ],
)
def test_a_lost_answer_is_settled_by_what_the_gradebook_shows(shown, maximum, settled):
    result = Result("user-1", shown, maximum)
    assert settle(80, result, 100, accepted_before=60) is settled


def test_nothing_in_the_gradebook_means_send_again():
    assert settle(80, None, 100) is Settled.BUMP


def test_a_first_score_beside_a_teachers_own_gives_way():
    assert settle(Decimal(80), Result("user-1", 60, 100), Decimal(100)) is Settled.TEACHER_CHANGED


def test_a_score_that_arrived_before_its_answer_was_lost_is_not_sent_twice(lms, client, column):
    lms.reply(SCORES, Reply(drop=True, perform=True))
    with pytest.raises(PlatformUnavailable):
        post(lms, client)
    access = access_for(lms, client)
    assert post(lms, client) is ScoreAnswer.OLD_TIMESTAMP
    assert settle(80, read_result(client, access, column, "user-1"), 100) is Settled.ARRIVED


def test_the_clock_of_noon_is_utc():
    assert NOON.tzinfo is UTC

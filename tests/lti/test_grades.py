from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import access_for, client_for

from lti_mentoring.lti.grades import (
    LINE_ITEM,
    LINE_ITEMS,
    LineItemDraft,
    LineItemRecord,
    find_lineitem,
    find_or_create_lineitem,
    list_lineitems,
)
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.products.canvas import CANVAS
from lti_mentoring.lti.products.moodle import MOODLE

TRACK = LineItemDraft("Mentorship", 100, resource_id="track-5", tag="grade", resource_link_id="link-1")


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def find_or_create(lms, client, draft=TRACK, **options):
    return find_or_create_lineitem(client, access_for(lms, client), lms.lineitems_url, draft, **options)


def made(lms):
    return [item.json for item in lms.seen("/lineitems", "POST")]


# ------------------------------------------------------------------ found before made


def test_a_column_that_is_nowhere_is_made_once(lms, client):
    first = find_or_create(lms, client)
    assert first == LineItemRecord(
        f"{lms.url}/lineitems/1/lineitem?type_id=3", "Mentorship", 100.0, "track-5", "grade", "link-1"
    )
    assert find_or_create(lms, client) == first
    assert made(lms) == [
        {
            "label": "Mentorship",
            "scoreMaximum": 100,
            "resourceId": "track-5",
            "tag": "grade",
            "resourceLinkId": "link-1",
        }
    ]
    sent = lms.seen("/lineitems", "POST")[0]
    assert (sent.headers["content-type"], sent.headers["accept"], sent.raw_query) == (LINE_ITEM, LINE_ITEM, "type_id=3")


def test_the_links_own_column_is_looked_for_first(lms, client):
    url = lms.add_line_item(resourceLinkId="link-1", resourceId="track-5", tag="grade")
    assert find_or_create(lms, client).url == url
    assert [item.query for item in lms.seen("/lineitems", "GET")] == [{"type_id": "3", "resource_link_id": "link-1"}]
    assert lms.seen("/lineitems", "GET")[0].headers["accept"] == LINE_ITEMS


def test_after_a_course_copy_the_column_is_found_by_our_own_id(lms, client):
    url = lms.add_line_item(resourceLinkId="link-of-the-copy", resourceId="track-5", tag="grade")
    assert find_or_create(lms, client).url == url
    assert lms.seen("/lineitems", "GET")[1].query == {"type_id": "3", "resource_id": "track-5", "tag": "grade"}
    assert made(lms) == []


def test_one_column_of_several_on_a_link_is_told_apart(lms, client):
    lms.add_line_item(resourceLinkId="link-1", resourceId="milestone-1")
    second = lms.add_line_item(resourceLinkId="link-1", resourceId="milestone-2")
    lms.add_line_item(resourceLinkId="link-1", resourceId="milestone-2", tag="other")
    draft = LineItemDraft("Second", 10, resource_id="milestone-2", resource_link_id="link-1")
    assert find_or_create(lms, client, draft).url == second
    assert made(lms) == []


def test_a_link_without_our_id_means_the_platforms_own_column(lms, client):
    own = lms.add_line_item(resourceLinkId="link-1", resourceId="", tag="")
    lms.add_line_item(resourceLinkId="link-1", resourceId="milestone-1")
    draft = LineItemDraft("Mentorship", 100, resource_link_id="link-1")
    assert find_or_create(lms, client, draft).url == own


def test_a_link_with_a_single_column_means_that_one(lms, client):
    only = lms.add_line_item(resourceLinkId="link-1", resourceId="from-deep-linking")
    assert find_or_create(lms, client, LineItemDraft("Mentorship", 100, resource_link_id="link-1")).url == only


def test_a_link_with_several_named_columns_gets_one_of_its_own(lms, client):
    for number in (1, 2):
        lms.add_line_item(resourceLinkId="link-1", resourceId=f"milestone-{number}")
    draft = LineItemDraft("Mentorship", 100, resource_link_id="link-1")
    assert find_or_create(lms, client, draft).url == f"{lms.url}/lineitems/3/lineitem?type_id=3"


def test_a_platform_that_ignores_filters_is_filtered_by_us(lms, client):
    items = [
        {"id": f"{lms.url}/lineitems/8", "label": "Quiz", "scoreMaximum": 5, "resourceLinkId": "link-9"},
        {"id": f"{lms.url}/lineitems/9", "label": "M", "scoreMaximum": 100, "resourceId": "track-5", "tag": "grade"},
    ]
    lms.always("/lineitems", Reply.json(items))
    assert find_or_create(lms, client).url == f"{lms.url}/lineitems/9"


def test_the_column_of_this_link_is_preferred_among_equals(lms, client):
    same = {"scoreMaximum": 100, "resourceId": "track-5", "tag": "grade"}
    items = [
        {"id": f"{lms.url}/1", "resourceLinkId": "link-0"} | same,
        {"id": f"{lms.url}/2", "resourceLinkId": "link-1"} | same,
    ]
    lms.always("/lineitems", Reply.json(items))
    draft = LineItemDraft("M", 100, resource_id="track-5", tag="grade", resource_link_id="link-1")
    assert find_or_create(lms, client, draft).url == f"{lms.url}/2"


def test_all_pages_are_looked_at_before_a_column_is_made(lms, client):
    as_moodle_writes = f"<{lms.url}/lineitems?type_id=3&amp;from=1>; rel=“next”"
    lms.reply(
        "/lineitems",
        Reply.json([{"id": f"{lms.url}/1", "label": "Quiz", "scoreMaximum": 5}], Link=as_moodle_writes),
        Reply.json([{"id": f"{lms.url}/2", "scoreMaximum": 100, "resourceId": "track-5", "resourceLinkId": "link-1"}]),
    )
    draft = LineItemDraft("M", 100, resource_id="track-5", resource_link_id="link-1")
    assert find_or_create(lms, client, draft).url == f"{lms.url}/2"
    assert lms.seen("/lineitems")[1].raw_query == "type_id=3&from=1"


def test_a_page_that_fails_makes_no_column(lms, client):
    lms.reply("/lineitems", Reply.json([], Link=f"<{lms.url}/lineitems?page=2>; rel=next"), Reply(500))
    with pytest.raises(PlatformUnavailable):
        find_or_create(lms, client)
    assert made(lms) == []


def test_a_column_whose_answer_was_lost_is_found_the_next_time(lms, client):
    lms.reply("/lineitems", Reply.json([]), Reply.json([]), Reply(drop=True, perform=True))
    with pytest.raises(PlatformUnavailable):
        find_or_create(lms, client)
    assert find_or_create(lms, client).label == "Mentorship"
    assert len(lms.line_items) == 1


def test_a_limit_is_sent_where_it_helps_and_nowhere_else(lms, client):
    access = access_for(lms, client)
    list(list_lineitems(client, access, lms.lineitems_url, quirks=CANVAS))
    list(list_lineitems(client, access, lms.lineitems_url, quirks=MOODLE))
    assert [item.raw_query for item in lms.seen("/lineitems")] == ["type_id=3&limit=50", "type_id=3"]


def test_a_draft_without_a_link_is_looked_for_by_our_id_only(lms, client):
    draft = LineItemDraft("M", 100, resource_id="track-5")
    access = access_for(lms, client)
    assert find_lineitem(client, access, lms.lineitems_url, draft) is None
    assert [item.query for item in lms.seen("/lineitems")] == [{"type_id": "3", "resource_id": "track-5"}]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (HTML, "html"),
        (Reply.json({}), "shape"),
        (Reply.json(["x"]), "line_item_incomplete"),
        (Reply.json([{"label": "x", "scoreMaximum": 5}]), "line_item_incomplete"),
        (Reply.json([{"id": "https://lms.test/1"}]), "line_item_incomplete"),
        (Reply.json([{"id": "ftp://lms.test/1", "scoreMaximum": 1}]), "line_item_incomplete"),
    ],
)
def test_a_gradebook_that_cannot_be_read_gets_no_new_column(lms, client, reply, reason):
    lms.reply("/lineitems", reply)
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        find_or_create(lms, client)
    assert (caught.value.reason, made(lms)) == (reason, [])


@pytest.mark.parametrize("status", [400, 403, 404, 412, 422])
def test_a_column_that_the_platform_will_not_make_is_refused(lms, client, status):
    lms.reply("/lineitems", Reply.json([]), Reply.json([]), Reply(status))
    with pytest.raises(PlatformRefused) as caught:
        find_or_create(lms, client)
    assert caught.value.platform_status == status


def test_times_of_a_column_are_read_and_sent_with_their_zone(lms, client):
    starts = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    draft = LineItemDraft("M", Decimal("12.5"), resource_id="a", starts_at=starts)
    found = find_or_create(lms, client, draft)
    assert made(lms)[0] == {
        "label": "M",
        "scoreMaximum": 12.5,
        "resourceId": "a",
        "startDateTime": "2026-09-01T08:00:00+00:00",
    }
    assert (found.maximum, found.starts_at, found.ends_at) == (12.5, starts, None)


def test_a_time_without_a_zone_is_not_believed(lms, client):
    lms.add_line_item(resourceId="a", startDateTime="2026-09-01T08:00:00", endDateTime="2026-09-01T10:00:00+02:00")
    found = find_or_create(lms, client, LineItemDraft("M", 1, resource_id="a"))
    assert (found.starts_at, found.ends_at) == (None, datetime(2026, 9, 1, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": " "},
        {"maximum": 0},
        {"maximum": -5},
        {"maximum": True},
        {"maximum": float("nan")},
        {"maximum": float("inf")},
        {"maximum": "100"},
        {"resource_id": None},
        {"resource_id": ""},
        {"tag": "x" * 257},
    ],
)
def test_a_column_that_no_platform_could_take_is_not_even_drafted(wrong):
    with pytest.raises(ValueError, match=r"line item|maximum|tag"):
        LineItemDraft(**({"label": "M", "maximum": 10, "resource_id": "a"} | wrong))


# ------------------------------------------------------------------ changed and removed


def test_a_column_says_where_the_work_behind_its_grades_is(lms, client):
    find_or_create(lms, client, replace(TRACK, review_url="https://tool.test/lti/launch"))
    assert made(lms)[0]["submissionReview"] == {
        "reviewableStatus": ["InProgress", "Submitted", "Completed"],
        "url": "https://tool.test/lti/launch",
    }

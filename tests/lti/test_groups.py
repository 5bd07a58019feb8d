"""A course's groups come whole or not at all, whatever the platform answers."""

import pytest
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import access_for, client_for

from lti_mentoring.lti.groups import MAX_PAGES, MOST_GROUPS, CourseGroup, fetch_groups, fetch_sets
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable


@pytest.fixture
def lms():
    with LmsServer() as server:
        server.groups = [
            {"id": 1, "name": "Team 1", "set_id": "9"},
            {"id": "2", "name": "فريق ٢", "set_id": None, "tag": "x"},
            {"id": "3", "name": " Team\n3 "},
        ]
        server.group_sets = [{"id": 9, "name": "Projects"}, {"id": "10"}]
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def fetch(lms, client, **options):
    return fetch_groups(client, access_for(lms, client), lms.groups_url, **options)


def test_groups_and_sets_are_read_over_all_pages(lms, client):
    lms.groups_page = 2
    assert fetch(lms, client) == (
        CourseGroup("1", "Team 1", "9"),
        CourseGroup("2", "فريق ٢"),
        CourseGroup("3", "Team 3"),
    )
    assert fetch_sets(client, access_for(lms, client), lms.group_sets_url) == {"9": "Projects", "10": ""}
    assert [seen.query for seen in lms.seen("/groups")] == [{"course": "7"}, {"course": "7", "from": "2"}]


def test_the_groups_of_one_person_are_asked_for_by_user_id(lms, client):
    lms.in_groups = {"ü 1": ["2"]}
    assert [one.id for one in fetch(lms, client, user_id="ü 1")] == ["2"]
    assert fetch(lms, client, user_id="nobody") == ()


def test_an_endless_walk_and_a_loop_are_stopped(lms, client):
    lms.always("/groups", Reply.json({"groups": []}, Link=f'<{lms.url}/groups?course=7>; rel="next"'))
    with pytest.raises(PlatformAnswerUnreadable) as looped:
        fetch(lms, client)
    assert looped.value.reason == "page_loop"
    first, pages = lms.answer, []

    def endless(seen):
        if seen.path != "/groups":
            return first(seen)
        pages.append(seen)
        return Reply.json({"groups": []}, Link=f'<{lms.url}/groups?from={len(pages)}>; rel="next"')

    lms.answer = endless
    with pytest.raises(PlatformAnswerUnreadable) as endless_walk:
        fetch(lms, client)
    assert (endless_walk.value.reason, len(pages)) == ("too_many_pages", MAX_PAGES)


def test_a_next_page_on_another_host_is_not_asked(lms, client):
    lms.always("/groups", Reply.json({"groups": []}, Link='<https://evil.example/groups>; rel="next"'))
    with pytest.raises(PlatformAnswerUnreadable) as foreign:
        fetch(lms, client)
    assert foreign.value.reason == "foreign_next_page"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (HTML, "html"),
        (Reply.json([]), "shape"),
        (Reply.json({"sets": []}), "groups_missing"),
        (Reply.json({"groups": {"id": 1}}), "groups_missing"),
        (Reply.json({"groups": [{"name": "x"}]}), "group_without_id"),
        (Reply.json({"groups": ["x"]}), "group_without_id"),
        (Reply.json({"groups": [{"id": "x" * 256}]}), "group_without_id"),
        (Reply.json({"groups": [{"id": number} for number in range(MOST_GROUPS + 1)]}), "too_many_groups"),
        (Reply(200, b'{"groups": [{"id": ' + b"9" * 4000 + b"}]}"), "group_without_id"),
    ],
)
def test_what_cannot_be_read_spoils_the_whole(lms, client, reply, reason):
    lms.always("/groups", reply)
    with pytest.raises(PlatformAnswerUnreadable) as unreadable:
        fetch(lms, client)
    assert unreadable.value.reason == reason


def test_a_no_and_a_silence_are_told_apart(lms, client):
    lms.reply("/groups", Reply(403), Reply(503))
    with pytest.raises(PlatformRefused):
        fetch(lms, client)
    with pytest.raises(PlatformUnavailable):
        fetch(lms, client)

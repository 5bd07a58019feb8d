import pytest
from fakes.lms_server import CUSTOM, HTML, LmsServer, Reply
from fakes.service_calls import access_for, client_for

from lti_mentoring.domain.groups import GroupKind, ToldGroup
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.products.canvas import CANVAS
from lti_mentoring.lti.products.moodle import MOODLE
from lti_mentoring.lti.quirks import Quirks
from lti_mentoring.lti.roster import MEMBERSHIPS, Member, MemberStatus, fetch_roster


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def fetch(lms, client, **options):
    return fetch_roster(client, access_for(lms, client), lms.memberships_url, **({"max_pages": 50} | options))


def person(number, **more):
    return {"user_id": f"user-{number}", "roles": ["Learner"], **more}


def test_a_person_is_read_as_the_platform_tells_it(lms, client):
    lms.people = [
        {
            "status": "Active",
            "user_id": "3",
            "roles": ["Instructor", "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"],
            "name": "Ngozi Okafor",
            "given_name": "Ngozi",
            "family_name": "Okafor",
            "email": "ngozi@school.test",
            "picture": "https://lms.test/p.png",
        }
    ]
    assert fetch(lms, client).members == (
        Member(
            "3",
            ("Instructor", "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"),
            MemberStatus.ACTIVE,
            "Ngozi Okafor",
            "Ngozi",
            "Okafor",
            "ngozi@school.test",
            "https://lms.test/p.png",
        ),
    )


def test_what_is_blank_or_withheld_is_not_known(lms, client):
    lms.people = [{"user_id": "3", "name": "", "email": " ", "picture": "javascript:x", "given_name": None}]
    assert fetch(lms, client).members == (Member("3"),)


def test_an_empty_course_is_a_whole_roster(lms, client):
    roster = fetch(lms, client)
    assert (roster.members, roster.pages) == ((), 1)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, MemberStatus.ACTIVE),
        ({"status": "Active"}, MemberStatus.ACTIVE),
        ({"status": "Inactive"}, MemberStatus.INACTIVE),
        ({"status": "DELETED"}, MemberStatus.DELETED),
        ({"status": "Visiting"}, MemberStatus.ACTIVE),
        ({"status": None}, MemberStatus.ACTIVE),
    ],
)
def test_a_status_is_read_and_unsaid_means_active(lms, client, said, status):
    lms.people = [person(1, **said)]
    assert fetch(lms, client).members[0].status is status


def test_every_page_is_fetched_with_the_exact_type(lms, client):
    lms.people = [person(number) for number in range(25)]
    lms.page_size = 10
    heard = []
    roster = fetch(lms, client, on_page=lambda pages, people: heard.append((pages, people)))
    assert [member.user_id for member in roster.members] == [f"user-{number}" for number in range(25)]
    assert (roster.pages, heard) == (3, [(1, 10), (2, 20), (3, 25)])
    assert {item.headers["accept"] for item in lms.seen("/memberships")} == {MEMBERSHIPS}
    assert [item.raw_query for item in lms.seen("/memberships")] == [
        "type_id=3",
        "type_id=3&from=10",
        "type_id=3&from=20",
    ]


def test_a_limit_is_sent_where_it_helps_and_nowhere_else(lms, client):
    fetch(lms, client, quirks=CANVAS)
    fetch(lms, client, quirks=MOODLE)
    assert [item.raw_query for item in lms.seen("/memberships")] == ["type_id=3&limit=50", "type_id=3"]


def test_a_person_told_twice_is_one_person(lms, client):
    lms.people = [
        person(1, status="Inactive", name="Old"),
        person(2),
        {"user_id": "user-1", "roles": ["Learner", "Instructor"], "name": "New"},
    ]
    members = fetch(lms, client).members
    assert [member.user_id for member in members] == ["user-1", "user-2"]
    assert members[0] == Member("user-1", ("Learner", "Instructor"), MemberStatus.ACTIVE, "New")


def test_a_person_told_twice_as_gone_is_gone(lms, client):
    lms.people = [person(1, status="Inactive"), person(1, status="Deleted")]
    assert fetch(lms, client).members[0].status is MemberStatus.DELETED


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize(
    ("reply", "kind", "reason"),
    [
        (Reply(500), PlatformUnavailable, "server_error"),
        (Reply(429, headers={"Retry-After": "9"}), PlatformUnavailable, "throttled"),
        (Reply(403, b"Rate Limit Exceeded"), PlatformUnavailable, "throttled"),
        (Reply(drop=True), PlatformUnavailable, "connection"),
        (HTML, PlatformAnswerUnreadable, "html"),
        (Reply.json({}), PlatformAnswerUnreadable, "members_missing"),
        (Reply.json({"members": None}), PlatformAnswerUnreadable, "members_missing"),
        (Reply.json([]), PlatformAnswerUnreadable, "shape"),
        (Reply.json({"members": [{"roles": []}]}), PlatformAnswerUnreadable, "member_without_id"),
        (Reply.json({"members": [{"user_id": ""}]}), PlatformAnswerUnreadable, "member_without_id"),
        (Reply.json({"members": [{"user_id": ["3"]}]}), PlatformAnswerUnreadable, "member_without_id"),
        (Reply.json({"members": ["3"]}), PlatformAnswerUnreadable, "member_without_id"),
        (
            Reply.json({"members": [], "context": {"id": "another"}}),
            PlatformAnswerUnreadable,
            "another_context",
        ),
    ],
)
def test_one_bad_page_is_no_roster_at_all(lms, client, page, reply, kind, reason):
    lms.people = [person(number) for number in range(6)]
    lms.page_size = 2
    access = access_for(lms, client)
    good = [
        Reply.json({"members": [person(number)]}, Link=f"<{lms.url}/memberships?page={number + 1}>; rel=next")
        for number in range(1, page)
    ]
    lms.reply("/memberships", *good, reply)
    with pytest.raises(kind) as caught:
        fetch_roster(client, access, lms.memberships_url, context_id="course-7")
    assert caught.value.reason == reason


def test_a_forbidden_roster_is_refused(lms, client):
    lms.reply("/memberships", Reply(403))
    with pytest.raises(PlatformRefused) as caught:
        fetch(lms, client)
    assert caught.value.reason_code == "forbidden"


@pytest.mark.parametrize("context", [{"id": "course-7"}, {}, None, {"id": None}])
def test_a_roster_of_the_course_or_of_an_unnamed_one_is_taken(lms, client, context):
    lms.reply("/memberships", Reply.json({"context": context, "members": [person(1)]}))
    assert len(fetch(lms, client, context_id="course-7").members) == 1


def test_a_token_that_ends_between_pages_is_renewed(lms, client):
    lms.people = [person(number) for number in range(4)]
    lms.page_size = 2
    roster = fetch(lms, client, on_page=lambda pages, people: lms.revoke_tokens())
    assert (len(roster.members), len(lms.seen("/token"))) == (4, 2)


def test_a_course_with_more_pages_than_allowed_is_not_cut_short(lms, client):
    lms.people = [person(number) for number in range(9)]
    lms.page_size = 1
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        fetch(lms, client, max_pages=8)
    assert caught.value.reason == "too_many_pages"
    assert len(fetch(lms, client, max_pages=9).members) == 9


def test_endless_pages_and_foreign_ones_end_in_an_error(lms, client):
    lms.always("/memberships", Reply.json({"members": []}, Link=f"<{lms.memberships_url}>; rel=next"))
    with pytest.raises(PlatformAnswerUnreadable) as loop:
        fetch(lms, client)
    with LmsServer() as other:
        lms.always("/memberships", Reply.json({"members": []}, Link=f"<{other.memberships_url}>; rel=next"))
        with pytest.raises(PlatformAnswerUnreadable) as foreign:
            fetch(lms, client)
        assert other.requests == []
    assert (loop.value.reason, foreign.value.reason) == ("page_loop", "foreign_next_page")


def test_a_thousand_people_come_in_one_piece(lms, client):
    lms.people = [person(number, name=f"Person {number}") for number in range(1500)]
    lms.page_size = 100
    assert len(fetch(lms, client, quirks=Quirks(roster_limit=100)).members) == 1500


def test_groups_are_told_with_the_list_or_not_at_all(lms, client):
    lms.people = [
        person(1, group_enrollments=[{"group_id": 7}, {"group_id": "8"}, {"group_id": "8"}, {}, "x"]),
        person(2, group_enrollments=[]),
        person(3, group_enrollments="7"),
        person(4),
    ]
    assert [one.group_ids for one in fetch(lms, client).members] == [("7", "8"), (), None, None]


def test_asked_with_a_link_each_member_brings_what_its_launch_would_say(lms, client):
    lms.people, lms.page_size, lms.link_id = [person(1), person(2), person(3)], 2, "link-1"
    lms.custom = {
        "user-1": {"section_names": '["A"]', "section_ids": "1", "other": {"x": 1}},
        "user-2": {"section_names": "$com.instructure.User.sectionNames"},
    }
    told = [one.told for one in fetch(lms, client, link_id="link-1").members]
    assert told == [{GroupKind.SECTION: (ToldGroup(GroupKind.SECTION, "1", "A"),)}, {}, {}]
    assert [seen.query.get("rlid") for seen in lms.seen("/memberships")] == ["link-1", "link-1"]
    with pytest.raises(PlatformRefused):
        fetch(lms, client, link_id="link-2")


@pytest.mark.parametrize("message", [None, "x", {}, [None, "x", {}], [{CUSTOM: "x"}], [{CUSTOM: {"section_ids": 7}}]])
def test_a_message_that_cannot_be_read_tells_nothing(lms, client, message):
    lms.people = [person(1, message=message)]
    assert fetch(lms, client).members[0].told == {}


def test_somebody_who_is_told_twice_keeps_what_either_telling_knows(lms, client):
    lms.people = [person(1, group_enrollments=[{"group_id": 7}], message=[{CUSTOM: {"section_ids": "1"}}]), person(1)]
    [one] = fetch(lms, client).members
    assert (one.group_ids, list(one.told)) == (("7",), [GroupKind.SECTION])

"""Groups are read after the course's list, and nothing that goes wrong with them spoils it."""

import pytest
from factories.world import NOON, World, group, link
from fakes.lms_server import HTML, LmsServer, Reply
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import Group, GroupMembership, Job, JobState, Membership, Person, Registration
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.tasks._groups import MOST_ASKED
from lti_mentoring.tasks.jobs import run


@pytest.fixture
def lms():
    with LmsServer() as server:
        server.groups = [{"id": 1, "name": "Team 1", "set_id": 9}, {"id": 2, "name": "Team 2"}]
        server.group_sets = [{"id": 9, "name": "Projects"}]
        yield server


@pytest.fixture
def world(app, session, lms):
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
    made = World(session)
    made.registration.issuer, made.registration.token_url = lms.url, lms.token_url
    made.context.memberships_url, made.context.context_id = lms.memberships_url, lms.context_id
    made.context.groups_url, made.context.group_sets_url = lms.groups_url, lms.group_sets_url
    for who, subject in ((made.faculty, "f"), (made.guide, "g"), (made.student, "s")):
        who.issuer, who.subject = lms.url, subject
        lms.people.append({"user_id": subject, "roles": ["Learner" if subject == "s" else "Instructor"]})
    lms.people.append({"user_id": "new", "roles": ["Learner"]})
    ensure_keys(session, app.extensions["sealer"], now=utcnow())
    session.commit()
    return made


@pytest.fixture
def read(session, world):
    def begin():
        job = queue_roster(session, world.sitter(), now=NOON)
        session.commit()
        run.run(job.id)
        session.rollback()
        return session.get_one(Job, job.id, populate_existing=True)

    return begin


def groups_in():
    rows = db.session.execute(
        select(Person.subject, Group.set_name, Group.name)
        .join(GroupMembership, GroupMembership.person_id == Person.id)
        .join(Group, Group.id == GroupMembership.group_id)
        .order_by(Person.subject, Group.name)
    )
    return [tuple(row) for row in rows]


def test_who_is_in_which_group_comes_with_the_list_where_it_tells(read, lms):
    lms.people[2]["group_enrollments"] = [{"group_id": "1"}, {"group_id": 2}, {"group_id": "unknown"}]
    lms.people[3]["group_enrollments"] = [{"group_id": 1}]
    assert read().state is JobState.DONE
    assert groups_in() == [("new", "Projects", "Team 1"), ("s", "Projects", "Team 1"), ("s", "", "Team 2")]
    scopes = {seen.form["scope"] for seen in lms.seen("/token")}
    assert "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly" in scopes
    assert len(lms.seen("/groups")) == 1


def test_where_the_list_tells_nothing_each_is_asked_for(read, lms):
    lms.in_groups = {"s": [2], "f": [1]}
    assert read().state is JobState.DONE
    assert groups_in() == [("f", "Projects", "Team 1"), ("s", "", "Team 2")]
    assert [seen.query.get("user_id") for seen in lms.seen("/groups")] == [None, "f", "g", "s", "new"]


def test_in_a_large_course_nobody_is_asked_for_one_by_one(read, lms):
    lms.people += [{"user_id": f"u-{number}", "roles": ["Learner"]} for number in range(MOST_ASKED)]
    assert read().state is JobState.DONE
    assert len(lms.seen("/groups")) == 1


@pytest.mark.parametrize(
    "reply", [HTML, Reply(503), Reply(403), Reply(404), Reply(drop=True), Reply.json({"groups": [{}]}), Reply(429)]
)
def test_groups_that_cannot_be_read_stay_and_the_list_comes_in(session, read, world, lms, reply):
    group(session, world.context, "1", world.student, kind=GroupKind.GROUP, name="As it was")
    session.commit()
    lms.always("/groups", reply)
    assert read().state is JobState.DONE
    assert session.scalars(select(Person.subject).where(Person.subject == "new")).one()
    assert groups_in() == [("s", "", "As it was")]
    assert session.get_one(Registration, world.registration.id, populate_existing=True).last_error is not None


def test_a_failing_page_of_one_person_leaves_all_groups_as_they_were(session, read, lms):
    first = lms.answer
    lms.answer = lambda seen: Reply(500) if seen.query.get("user_id") == "new" else first(seen)
    lms.in_groups = {"s": [2]}
    assert read().state is JobState.DONE
    assert groups_in() == []
    assert session.scalars(select(Group)).all() == []


def test_a_list_that_is_held_back_brings_no_groups(session, read, world, lms):
    for _ in range(20):
        world.another_student()
    session.commit()
    assert read().state is JobState.HELD
    assert lms.seen("/groups") == []


@pytest.fixture
def sections(session, world, lms):
    """Launches have told sections here: the link can be asked with."""
    world.registration.product_family = "canvas"
    world.context.groups_url = None
    session.query(Membership).filter_by(person_id=world.faculty.id).update({"groups_digest": "x"})
    lms.link_id = link(session, world.context).resource_link_id
    lms.custom = {"s": {"section_names": '["B"]', "section_ids": "2"}, "new": {"section_ids": ""}}
    session.commit()
    return lms


def test_sections_of_everybody_come_by_a_second_list_with_a_link(read, sections):
    assert read().state is JobState.DONE
    assert groups_in() == [("s", "", "B")]
    assert [seen.query.get("rlid") for seen in sections.seen("/memberships")] == [None, sections.link_id]


def test_who_may_not_open_the_link_has_not_left_the_course(session, read, world, sections):
    first = sections.answer

    def fewer(seen):
        if "rlid" in seen.query:
            return Reply.json({"members": []})
        return first(seen)

    sections.answer = fewer
    assert read().state is JobState.DONE
    statuses = session.scalars(select(Membership.status).where(Membership.context_ref == world.context.id))
    assert set(statuses) == {"active"}


@pytest.mark.parametrize("link_id", ["another", None])
def test_a_platform_that_knows_no_link_is_left_in_peace(session, read, world, sections, link_id):
    sections.link_id = link_id
    assert read().state is JobState.DONE
    assert groups_in() == []
    assert session.get_one(Registration, world.registration.id, populate_existing=True).last_error is None


def test_where_a_list_tells_the_callers_values_it_is_not_asked_with_a_link(session, read, world, sections):
    """Moodle fills in the groups of whoever calls, and that is nobody: everybody would be in none."""
    world.registration.product_family = "moodle"
    session.commit()
    assert read().state is JobState.DONE
    assert len(sections.seen("/memberships")) == 1


def test_without_sections_told_by_launches_no_second_list_is_asked_for(session, read, world, lms):
    world.context.groups_url = None
    session.commit()
    assert read().state is JobState.DONE
    assert len(lms.seen("/memberships")) == 1
    assert lms.seen("/groups") == []

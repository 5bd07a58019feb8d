"""Sections and groups follow what the platform told last: of one person at a launch, of a course with its list."""

from dataclasses import replace

import pytest
from factories.statements import counting
from factories.world import NOON, World, context, group, link
from fakes.border import FakeTool
from fakes.platform import CUSTOM, FakePlatform
from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind, ToldGroup
from lti_mentoring.lti.groups import CourseGroup
from lti_mentoring.models import AuditEntry, Group, GroupMembership, Membership, Person
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services.groups import Found, groups_source, store_groups
from lti_mentoring.services.launching import welcome

SECTION, GROUP = GroupKind.SECTION, GroupKind.GROUP


@pytest.fixture
def world(session):
    made = World(session)
    made.registration.issuer = "https://lms.example"
    for who in (made.faculty, made.guide, made.student):
        who.issuer = "https://lms.example"
    session.commit()
    return made


@pytest.fixture
def launched(session, world):
    def launch(custom, subject="user-1"):
        platform = FakePlatform()
        said = FakeTool(platform).walk(platform, change={CUSTOM: custom, "sub": subject})
        course = replace(said.context, id=world.context.context_id)
        known = registration_by_id(session, world.registration.id).platform
        taken = welcome(session, replace(said, registration=known, context=course), now=NOON)
        session.flush()
        return taken.sitter.person_id

    return launch


def groups_in(session, person_id):
    rows = session.execute(
        select(Group.kind, Group.external_id, Group.name)
        .join(GroupMembership, GroupMembership.group_id == Group.id)
        .where(GroupMembership.person_id == person_id)
        .order_by(Group.kind, Group.external_id)
    )
    return [(str(kind), external_id, name) for kind, external_id, name in rows]


@pytest.mark.both_databases
def test_a_launch_tells_the_persons_sections_and_the_next_one_replaces_them(session, launched):
    who = launched({"section_names": '["A", "B"]', "section_ids": "1,2", "canvas_groups": "g1"})
    assert groups_in(session, who) == [("group", "g1", ""), ("section", "1", "A"), ("section", "2", "B")]
    launched({"section_names": '["B, renamed", "C"]', "section_ids": "2,3"})
    assert groups_in(session, who) == [("group", "g1", ""), ("section", "2", "B, renamed"), ("section", "3", "C")]
    launched({"section_names": "[]", "section_ids": "", "canvas_groups": ""})
    assert groups_in(session, who) == []


def test_two_people_share_a_section_and_none_takes_the_other_out(session, launched):
    first, second = launched({"section_ids": "1", "section_names": "A"}), launched({"section_ids": "1,2"}, "user-2")
    launched({"section_ids": "2"})
    assert groups_in(session, first) == [("section", "2", "")]
    assert groups_in(session, second) == [("section", "1", "A"), ("section", "2", "")]


def test_what_is_not_told_stays(session, launched):
    who = launched({"section_ids": "1"})
    for custom in ({}, {"section_ids": "$Canvas.course.sectionIds"}, {"section_ids": "9," * 5000}):
        launched(custom)
        assert groups_in(session, who) == [("section", "1", "")]


def test_the_same_again_costs_nothing(session, launched):
    def statements(custom):
        with counting(session) as sent:
            launched(custom)
        return len(sent)

    same = {"section_names": '["A"]', "section_ids": "1", "canvas_groups": "g1,g2"}
    launched({})
    without = statements({})
    launched(same)
    assert statements(same) == without


@pytest.mark.both_databases
def test_a_course_has_the_groups_that_the_service_lists_and_no_others(session, world):
    gone = group(session, world.context, "gone", world.student, kind=GROUP)
    section = group(session, world.context, "A", world.student)
    found = Found(
        groups=(CourseGroup("1", "Team 1", "9"), CourseGroup("2", "Team 2", "unknown"), CourseGroup("3", "")),
        sets={"9": "Projects"},
        told={world.student.subject: {GROUP: (ToldGroup(GROUP, "1", "Team 1"),)}, "stranger": {GROUP: ()}},
    )
    store_groups(session, world.context.id, found, now=NOON)
    store_groups(session, world.context.id, found, now=NOON)
    rows = session.execute(select(Group.external_id, Group.name, Group.set_name).order_by(Group.external_id)).all()
    assert rows == [("1", "Team 1", "Projects"), ("2", "Team 2", ""), ("3", "", ""), ("A", "A", "")]
    assert groups_in(session, world.student.id) == [("group", "1", "Team 1"), ("section", "A", "A")]
    assert session.get(Group, gone.id, populate_existing=True) is None
    assert session.get(Group, section.id) is not None
    assert "groups.read" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_people_of_other_courses_and_of_other_institutions_stay_where_they_are(session, world):
    other = World(session)
    elsewhere = context(session, world.deployment)
    theirs = [group(session, course, "1", world.student, kind=GROUP) for course in (other.context, elsewhere)]
    store_groups(session, world.context.id, Found(groups=()), now=NOON)
    told = {other.student.subject: {GROUP: (ToldGroup(GROUP, "1"),)}, world.student.subject: {GROUP: ()}}
    store_groups(session, world.context.id, Found(told=told), now=NOON)
    assert [session.get(Group, one.id, populate_existing=True) is not None for one in theirs] == [True, True]
    assert len(groups_in(session, world.student.id)) == 2
    assert groups_in(session, other.student.id) == []


@pytest.mark.both_databases
def test_many_people_cost_as_many_statements_as_few(session, world):
    def statements(count):
        rows = [
            Person(
                institution_id=world.institution.id, issuer="https://lms.example", subject=f"{count}-{one}",
                first_seen_at=NOON,
            )
            for one in range(count)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        session.add_all(
            Membership(institution_id=world.institution.id, context_ref=world.context.id, person_id=one.id)
            for one in rows
        )
        session.flush()
        told = {
            one.subject: {SECTION: (ToldGroup(SECTION, str(one.id % 50)), ToldGroup(SECTION, "all"))} for one in rows
        }
        with counting(session) as sent:
            store_groups(session, world.context.id, Found(told=told), now=NOON)
            session.flush()
        return len(sent)

    assert statements(10) == statements(300)


def test_where_a_course_reads_its_groups(session, world, launched):
    source = groups_source(session, world.context.id)
    assert (source.groups_url, source.sets_url, source.link_id) == (None, None, None)
    launched({"section_ids": "1"})
    newest = link(session, world.context)
    world.context.groups_url, world.context.group_sets_url = "https://lms.example/g", "https://lms.example/s"
    session.flush()
    source = groups_source(session, world.context.id)
    assert source.link_id == newest.resource_link_id
    assert (source.groups_url, source.sets_url) == ("https://lms.example/g", "https://lms.example/s")

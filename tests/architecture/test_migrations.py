"""The history of the database: one line, both ways, and at its end exactly what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories.awards import desk, issued
from factories.credentials import credential, verified
from factories.mentor_badges import badge
from factories.mentor_roles import TwoRoles
from factories.round_groups import Teams
from factories.wishes import conflict, only_group, policy, rank_list
from factories.world import World, group
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from lti_mentoring.db import db
from lti_mentoring.domain.conflicts import ConflictReason
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingRules
from lti_mentoring.models import Track
from lti_mentoring.queries.rank_lists import rules_of


def difference_to_the_models():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def tables():
    return set(inspect(db.engine).get_table_names())


def test_the_history_has_one_head(app):
    assert len(ScriptDirectory(app.config["MIGRATIONS_DIR"]).get_heads()) == 1


@pytest.mark.both_databases
def test_the_migrations_end_where_the_models_are(app):
    with app.app_context():
        assert difference_to_the_models() == []


@pytest.mark.both_databases
def test_every_migration_can_be_undone_and_done_again(app):
    with app.app_context():
        downgrade(revision="base")
        assert tables() <= {"alembic_version"}
        upgrade()
        assert difference_to_the_models() == []


@pytest.mark.both_databases
def test_before_roles_a_student_keeps_the_first_mentor_and_after_them_everything_is_in_the_one_without_a_name(app):
    with app.app_context():
        two = TwoRoles(db.session())
        pair = two.paired()
        for role in ("", "research"):
            rank_list(two.session, two.track, two.student, two.researcher, mentor_role=role)
        ids = two.mentorship.id, pair.id
        two.session.commit()
        db.session.remove()
        downgrade(revision="0025")
        with db.engine.connect() as connection:
            ended = dict(connection.execute(text("SELECT id, ended_at IS NOT NULL FROM mentorship")).all())
            assert (bool(ended[ids[0]]), bool(ended[ids[1]])) == (False, True)
            assert sorted(connection.scalars(text("SELECT taken FROM mentor"))) == [0, 1]
            assert connection.scalar(text("SELECT count(*) FROM ranked_mentor")) == 1
        upgrade()
        with db.engine.connect() as connection:
            assert set(connection.scalars(text("SELECT role FROM mentorship"))) == {""}
            assert set(connection.scalars(text("SELECT mentor_role FROM rank_list"))) == {""}
            assert connection.scalar(text("SELECT count(*) FROM ranked_mentor")) == 1
        db.session.remove()


@pytest.mark.both_databases
def test_after_the_upgrade_those_check_who_did_or_have_to_and_nobody_where_nothing_was_handed_in(app):
    with app.app_context():
        session = db.session()
        idle, waiting, checked, asked = (World(session) for _each in range(4))
        credential(app, session, waiting)
        verified(app, session, checked)
        idle.track.faculty_verify = waiting.track.faculty_verify = True
        asked.track.credential_needed = True
        expected = {
            idle.institution.id: "nobody", waiting.institution.id: "office", checked.institution.id: "tracks",
            asked.institution.id: "office",
        }  # fmt: skip
        session.commit()
        db.session.remove()
        downgrade(revision="0026")
        upgrade()
        with db.engine.connect() as connection:
            found = connection.execute(text("SELECT id, credential_checkers FROM institution")).all()
        assert dict(tuple(one) for one in found) == expected


@pytest.mark.both_databases
def test_before_rounds_kept_groups_together_there_is_no_group_by_hand_and_every_round_stays(app):
    with app.app_context():
        teams = Teams(db.session())
        held = group(teams.session, teams.context, "Mine", teams.alone, kind=GroupKind.BY_HAND)
        only_group(teams.session, teams.second, held)
        teams.draw()
        teams.session.commit()
        db.session.remove()
        downgrade(revision="0029")
        with db.engine.connect() as connection:
            assert sorted(connection.scalars(text("SELECT name FROM course_group"))) == ["Team A", "Team B"]
            assert connection.scalar(text("SELECT count(*) FROM course_group_membership")) == 4
            assert connection.scalar(text("SELECT group_id FROM mentor_limit")) is None
        upgrade()
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT kept_together, group_size FROM round")).all() == [("", 1)]
            assert connection.scalar(text('SELECT count(*) FROM "match" WHERE unit IS NULL')) == 5
        db.session.remove()


@pytest.mark.both_databases
def test_before_badges_of_mentors_only_certificates_are_left(app, settings):
    with app.app_context():
        world, at = World(db.session()), desk(settings)
        issued(world, at)
        badge(world, at)
        world.session.commit()
        db.session.remove()
        downgrade(revision="0030")
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM award")) == 1
        upgrade()
        with db.engine.connect() as connection:
            assert connection.scalars(text("SELECT level FROM award")).all() == [""]
        db.session.remove()


@pytest.mark.both_databases
def test_before_reasons_one_declaration_of_each_side_holds_and_a_complaint_is_still_read_by_nobody(app):
    with app.app_context():
        world = World(db.session())
        reasons = (ConflictReason.RELATIVE, ConflictReason.MANAGER, ConflictReason.COMPLAINT)
        for reason in reasons:
            conflict(world.session, world.mentor, world.student, reason=reason)
        world.session.commit()
        db.session.remove()
        downgrade(revision="0035")
        with db.engine.connect() as connection:
            kinds = connection.scalars(text("SELECT kind FROM conflict WHERE ended_at IS NULL ORDER BY id")).all()
        assert kinds == ["declared_by_faculty", "concern"]
        upgrade()
        with db.engine.connect() as connection:
            assert set(connection.scalars(text("SELECT reason FROM conflict"))) == {"other"}
        db.session.remove()


@pytest.mark.both_databases
def test_a_track_that_was_there_keeps_that_who_teaches_is_only_shown_and_a_new_one_refuses(app):
    with app.app_context():
        session = db.session()
        silent, refusing = World(session), World(session)
        policy(session, refusing.track, faculty_as_mentor=FacultyAsMentor.REFUSE)
        tracks = silent.track.id, refusing.track.id
        session.commit()
        assert rules_of(session, silent.track).faculty_as_mentor is FacultyAsMentor.REFUSE
        db.session.remove()
        downgrade(revision="0041")
        with db.engine.begin() as connection:
            rows = text("SELECT track_id, way, faculty_as_mentor FROM matching_policy")
            kept = {track_id: (way, rule) for track_id, way, rule in connection.execute(rows)}
            assert kept == {tracks[0]: ("by_hand", "refuse"), tracks[1]: ("requests", "refuse")}
            connection.execute(text("DELETE FROM matching_policy WHERE way = 'by_hand'"))  # as nothing was set then
        upgrade()
        session = db.session()
        old = MatchingRules(faculty_as_mentor=FacultyAsMentor.WARN)
        assert rules_of(session, session.get_one(Track, tracks[0])) == old
        assert rules_of(session, session.get_one(Track, tracks[1])).faculty_as_mentor is FacultyAsMentor.REFUSE
        assert rules_of(session, World(session).track).faculty_as_mentor is FacultyAsMentor.REFUSE
        db.session.remove()

"""Keeping wishes: one's own only, in the days for it, and without a trace of what they are."""

from datetime import timedelta

import pytest
from factories.wishes import policy, rank_list
from factories.world import NOON, World, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.rank_lists import MatchingWay, Wishes, WishesChanged, WishesClosed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, RankList
from lti_mentoring.queries.rank_lists import my_wishes, who_gave_wishes
from lti_mentoring.services.rank_lists import save_wishes

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    made = World(session)
    policy(session, made.track, MatchingWay.ROUNDS, wishes_until=NOON.date())
    return made


@pytest.fixture
def guides(session, world):
    return [world.mentor.id, *(mentor(session, world.track, person(session, world.institution)).id for _ in range(3))]


def by(world, who=None):
    return world.sitter(who, SeatRole.STUDENT)


def save(session, world, wishes, version=0, now=NOON, who=None):
    return save_wishes(session, by(world, who), world.track, wishes, version=version, now=now)


def kept(session, world):
    return my_wishes(session, by(world), world.track)


def test_a_list_is_kept_as_it_was_given_and_changed(session, world, guides):
    a, b, c, d = guides
    first = Wishes(((a,), (b, c)), any_other=True, vetoed=frozenset({d}))
    assert save(session, world, first) == 1
    assert (kept(session, world).version, kept(session, world).wishes) == (1, first)
    second = Wishes(((d,), (a,)), vetoed=frozenset({b}))
    assert save(session, world, second, version=1) == 2
    assert kept(session, world).wishes == second
    assert save(session, world, Wishes(), version=2) == 3
    assert kept(session, world).wishes == Wishes()


def test_the_trail_says_that_wishes_were_saved_and_nothing_else(session, world, guides):
    save(session, world, Wishes(vetoed=frozenset(guides[:1])))
    save(session, world, Wishes(((guides[1],),)), version=1)
    rows = session.scalars(select(AuditEntry)).all()
    assert [(row.action, row.facts, row.reason) for row in rows] == [
        ("wishes.saved", {"version": 1}, ""),
        ("wishes.saved", {"version": 2}, ""),
    ]


def test_saving_what_is_kept_changes_nothing_whatever_the_version(session, world, guides):
    wishes = Wishes(((guides[0],),))
    save(session, world, wishes)
    assert save(session, world, wishes, version=0) == 1
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_another_window_that_saved_meanwhile_is_not_overwritten(session, world, guides):
    save(session, world, Wishes(((guides[0],),)))
    with pytest.raises(WishesChanged) as changed:
        save(session, world, Wishes(((guides[1],),)))
    assert changed.value.facts == {"known": 1}
    assert kept(session, world).wishes == Wishes(((guides[0],),))


def test_after_the_last_day_nothing_can_be_changed(session, world, guides):
    with pytest.raises(WishesClosed):
        save(session, world, Wishes(((guides[0],),)), now=NOON + timedelta(days=1))
    assert session.scalars(select(RankList)).all() == []


def test_only_mentors_of_the_track_can_be_named_and_never_oneself(session, world, guides):
    elsewhere = World(session).mentor.id
    myself = mentor(session, world.track, world.student).id
    for number in (elsewhere, myself, 10**6):
        with pytest.raises(NotFound):
            save(session, world, Wishes(((number,),)))
        with pytest.raises(NotFound):
            save(session, world, Wishes(vetoed=frozenset({number})))


def test_who_stopped_mentoring_stays_on_the_list_and_comes_on_no_other(session, world, guides):
    a, b, *_ = guides
    save(session, world, Wishes(((a,), (b,))))
    session.get_one(type(world.mentor), a).active = False
    save(session, world, Wishes(((b,), (a,))), version=1)
    with pytest.raises(NotFound):
        save(session, world, Wishes(((a,),)), who=world.another_student())


def test_who_has_given_a_list_is_known_and_not_wanting_somebody_is_none(session, world, guides):
    given = [world.another_student() for _ in range(2)]
    rank_list(session, world.track, given[0], world.mentor)
    rank_list(session, world.track, given[1], any_other=True)
    save(session, world, Wishes(vetoed=frozenset(guides[:1])))
    assert who_gave_wishes(session, world.track) == {one.id for one in given}
    assert who_gave_wishes(session, world.track, [given[0].id]) == {given[0].id}

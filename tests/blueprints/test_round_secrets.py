"""What a round's pages, tables and proofs tell faculty is the same whatever keeps a student from a wished mentor."""

import re

import pytest
from factories.browser import said, sit
from factories.concerns import through_pages
from factories.rounds import drawn, new_mentor
from factories.wishes import conflict, only_group, rank_list, veto
from factories.world import World
from sqlalchemy import delete

from lti_mentoring.domain.conflicts import ConflictKind, ConflictReason
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import RankedMentor, RankList, Veto
from lti_mentoring.services.publishing import publish

PLACES = (
    "/rounds", "/rounds/{round}", "/rounds/{round}?show=not_first", "/rounds/{round}/pairs.csv",
    "/rounds/{round}/fairness", "/rounds/{round}/fairness.csv", "/rounds/{round}/check",
    "/rounds/{round}/students/{student}", "/rounds/{round}/students/{student}?mentor={wanted}",
    "/rounds/{round}/students/{student}?mentor={other}", "/rounds/{round}/students/{student}/mentors",
)  # fmt: skip


class Course(World):
    """A student whose first wish has room, and may not be theirs; the second one is."""

    def __init__(self, session):
        super().__init__(session)
        self.mentor.places = self.mentor.taken
        self.wanted, self.second = new_mentor(self, 3, name="Dr Okafor"), new_mentor(self, 3, name="Dr Ibáñez")
        self.other = new_mentor(self, 3, name="Dr Falk")
        self.waits, peer = self.another_student(name="Layla"), self.another_student(name="Tomás")
        rank_list(session, self.track, peer, self.wanted)

    def draw(self, *wishes):
        session = self.session
        mine = session.query(RankList).filter_by(person_id=self.waits.id)
        session.execute(delete(RankedMentor).where(RankedMentor.rank_list_id.in_([one.id for one in mine])))
        mine.delete()
        rank_list(session, self.track, self.waits, *wishes)
        made = drawn(self, StableMatcher())
        session.commit()
        return made


@pytest.fixture
def world(session):
    return Course(session)


@pytest.fixture
def pages(app, session, world):
    browser = sit(app, session, world, SeatRole.FACULTY)

    def told(made):
        numbers = {
            "round": made.id, "student": world.waits.id, "wanted": world.wanted.id, "other": world.other.id,
        }  # fmt: skip
        answers = [browser.get(place.format(**numbers)) for place in PLACES]
        assert {answer.status_code for answer in answers} == {200}
        own = rf"(?<=/rounds/){made.id}\b|(?<=[Rr]ound.){made.number}\b|{made.result_digest}"
        changing = rf'name="csrf_token" value="\w+"|{own}'
        return [re.sub(changing, "…", answer.text) for answer in answers[1:]]

    return told


def keep_apart(app, session, world, secret):
    if secret == "limit":
        only_group(session, world.wanted, None)
    elif secret == "complaint":
        conflict(session, world.wanted, world.waits, reason=ConflictReason.COMPLAINT)
    elif secret == "raised":
        through_pages(app, session, world, world.waits, world.wanted.person)
    else:
        conflict(session, world.wanted, world.waits, ConflictKind.CONCERN)


@pytest.mark.parametrize("secret", ["concern", "raised", "complaint"])
def test_a_concern_and_a_veto_look_alike_on_every_page_of_a_round(app, session, world, pages, secret):
    veto(session, world.wanted, world.waits)
    vetoed = pages(world.draw(world.second))
    session.execute(delete(Veto))
    keep_apart(app, session, world, secret)
    assert pages(world.draw(world.wanted, world.second)) == vetoed


def test_faculty_read_that_the_student_got_the_first_of_the_wishes_that_could_be(app, session, world, pages):
    keep_apart(app, session, world, "concern")
    made = world.draw(world.wanted, world.second)
    page = said(sit(app, session, world, SeatRole.FACULTY).get(f"/rounds/{made.id}"))
    assert "Layla with Dr Ibáñez 1st wish nothing to say" in page


@pytest.mark.parametrize("secret", ["concern", "raised", "complaint", "limit"])
def test_the_student_reads_of_the_whole_list_that_it_could_not_be(app, session, world, secret):
    keep_apart(app, session, world, secret)
    made = world.draw(world.wanted, world.second)
    publish(session, world.sitter(), made.id, now=made.made_at)
    session.commit()
    page = said(sit(app, session, world, SeatRole.STUDENT, world.waits).get("/my-mentor/why"))
    assert "This is your 2nd wish. Dr Okafor could not be yours in this round." in page


def test_who_can_have_nobody_of_the_list_is_left_over_as_if_all_were_full(app, session, world):
    keep_apart(app, session, world, "concern")
    made = world.draw(world.wanted)
    page = said(sit(app, session, world, SeatRole.FACULTY).get(f"/rounds/{made.id}"))
    assert "Layla with nobody nobody Nobody whom the student may have has a place left." in page

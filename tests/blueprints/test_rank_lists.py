"""A student's wishes, as a browser sends them; and what of them anybody else can see."""

import re
from datetime import timedelta

import pytest
from factories.browser import sit, text_of
from factories.rounds import rank
from factories.statements import counting
from factories.tests import exam
from factories.wishes import asked, conflict, policy, rank_list, veto
from factories.world import World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.conflicts import ConflictKind, ConflictReason
from lti_mentoring.domain.rank_lists import MatchingWay, Wishes
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Mentor, TrackState
from lti_mentoring.queries.rank_lists import my_wishes

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world(session):
    made = World(session)
    made.policy = policy(session, made.track, MatchingWay.ROUNDS)
    return made


@pytest.fixture
def guides(session, world):
    return [guide(session, world, name).id for name in ("Dr Abara", "Dr Berg", "Dr Cruz")]


@pytest.fixture
def student(app, session, world, guides):
    world.asking = world.another_student(name="Tomás")
    return sit(app, session, world, STUDENT, world.asking)


def guide(session, world, name):
    who = person(session, world.institution, name=name)
    membership(session, world.context, who, is_student=False)
    return mentor(session, world.track, who, field="Surgery")


def kept(session, world):
    session.rollback()
    return my_wishes(session, world.sitter(world.asking, STUDENT), world.track).wishes


def page_fields(answer):
    """What the form of the page would send, as it stands."""
    html = answer.text
    fields = dict(re.findall(r'<input type="hidden" name="((?:tier|veto)-\d+|version)" value="(\d+)"', html))
    for name, options in re.findall(r'<select[^>]*name="(place-\d+)">(.*?)</select>', html, re.S):
        fields[name] = re.search(r'value="(\w+)" selected', options).group(1)
    return fields


def press(student, do, **more):
    fields = page_fields(student.get("/wishes"))
    return student.post("/wishes", {**fields, "do": do, **{k.replace("_", "-", 1): v for k, v in more.items()}})


def test_wishes_are_put_together_button_by_button_without_a_script(session, world, student, guides):
    a, b, c = guides
    for do in (f"add-{a}", f"add-{b}", f"add-{c}", f"up-{c}", f"veto-{a}"):
        assert press(student, do).status_code == 303
    assert kept(session, world) == Wishes(((c,), (b,)), vetoed=frozenset({a}))
    press(student, "keep", **{f"place_{b}": "tie"})
    press(student, f"unveto-{a}")
    assert kept(session, world) == Wishes(((c, b),))
    press(student, f"off-{c}")
    assert kept(session, world) == Wishes(((b,),))


def test_a_student_ranks_as_many_mentors_as_they_like(session, world, student):
    many = [guide(session, world, f"Dr {number:02}").id for number in range(60)]
    session.commit()
    sent = {f"tier-{number}": str(place) for place, number in enumerate(many, 1)}
    assert student.post("/wishes", {**sent, "version": "0", "do": "keep"}).status_code == 303
    assert kept(session, world).tiers == tuple((number,) for number in many)


def test_nothing_that_a_student_reads_changes_with_what_mentors_wish(session, world, student, guides):
    world.policy.mentors_rank = True
    session.commit()

    def pages():
        paths = ("/", "/wishes", "/directory", f"/directory/{guides[0]}", "/my-mentor/why")
        answers = [student.get(path) for path in paths]
        return [re.sub(r'name="csrf_token" value="\w+"', "", answer.text) for answer in answers]

    before = pages()
    for number in guides:
        rank(world, session.get_one(Mentor, number), world.asking)
    session.commit()
    assert pages() == before


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("stable", "Put them in your true order: nothing else can get you a mentor whom you like better."),
        ("best", "Everybody’s wishes are weighed together (Best fit), so nobody can promise you one of the first"),
        ("fairest", "(Fairest), so nobody can promise you one of the first; who leaves mentors out may be left with"),
        ("balanced", "Places are shared out evenly in this course"),
    ],
)
def test_what_order_is_best_to_give_is_said_by_the_rule_that_was_announced(session, world, student, strategy, words):
    world.policy.strategy = strategy
    session.commit()
    assert words in text_of(student.get("/wishes"))


def test_the_page_says_that_nobody_reads_it_and_why_the_true_order_is_best(student):
    said = text_of(student.get("/wishes"))
    assert "Nobody but you reads this list" in said
    assert "true order" in said
    assert "Wishes can be given at any time." in said


def test_with_a_script_the_list_alone_comes_back(student, guides):
    answer = student.post("/wishes", {"version": "0", "do": f"add-{guides[0]}"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="wishes"')
    assert "Saved." in answer.text


def test_two_windows_keep_both_lists(session, world, student, guides):
    opened = page_fields(student.get("/wishes"))
    student.post("/wishes", {**opened, "do": f"add-{guides[0]}"})
    late = student.post("/wishes", {**opened, "any_other": "1", "do": f"veto-{guides[1]}"})
    assert late.status_code == 409
    said = text_of(late)
    assert "Saved in the other window" in said
    assert said.index("Dr Abara") < said.index("In this window") < said.index("Dr Berg")
    assert kept(session, world) == Wishes(((guides[0],),))
    second = late.text.split("<form")[-1]
    fields = dict(re.findall(r'name="([\w-]+)" value="(\w+)"', second))
    assert student.post("/wishes", fields).status_code == 303
    assert kept(session, world) == Wishes(any_other=True, vetoed=frozenset({guides[1]}))
    with_script = student.post("/wishes", {**opened, "do": f"add-{guides[2]}"}, headers=HTMX)
    assert (with_script.status_code, "<html" in with_script.text) == (409, False)


@pytest.mark.parametrize(
    ("days", "words"),
    [((2, None), "Wishes can be given from"), ((None, -2), "Wishes could be given until")],
)
def test_outside_of_the_days_the_page_says_when(session, world, student, guides, days, words):
    first, last = (None if one is None else (utcnow() + timedelta(days=one)).date() for one in days)
    world.policy.wishes_from, world.policy.wishes_until = first, last
    rank_list(session, world.track, world.asking, world.mentor)
    session.commit()
    page = student.get("/wishes")
    assert words in text_of(page)
    assert "<select" not in page.text
    assert student.post("/wishes", {"version": "1", "do": f"add-{guides[0]}"}).status_code == 409


def test_what_the_list_is_good_for_is_said_as_things_stand(app, session, world, student):
    served = sit(app, session, world, STUDENT)
    assert "You have a mentor: Dr Priya Raman . These wishes count only if" in text_of(served.get("/wishes"))
    world.policy.way = MatchingWay.REQUESTS
    session.commit()
    assert "We ask them in this order" in text_of(student.get("/wishes"))
    question = asked(session, world.mentor, world.asking)
    session.commit()
    assert "Dr Priya Raman has your question. Without a yes" in text_of(student.get("/wishes"))
    session.delete(question)
    exam(session, world.track, key="entry", title="Before the ward")
    world.track.student_test = "entry"
    session.commit()
    assert "Your wishes count once you have passed the test: Before the ward." in text_of(student.get("/wishes"))
    world.track.state = TrackState.CLOSED
    session.commit()
    assert "This track is closed: nobody is brought together" in text_of(student.get("/wishes"))


def test_a_mentor_who_stopped_is_shown_as_such(session, world, student):
    rank_list(session, world.track, world.asking, world.mentor)
    world.mentor.active = False
    session.commit()
    assert "this wish is skipped" in text_of(student.get("/wishes"))


def test_mentors_are_found_by_name_or_field(student):
    assert "Dr Berg" in student.get("/wishes?q=berg").text
    assert "Dr Berg" not in student.get("/wishes?q=cruz").text
    assert "Dr Berg" in student.get("/wishes?q=surgery").text
    assert "No other mentor is called so." in text_of(student.get("/wishes?q=zzz&page=2"))


def test_where_faculty_bring_people_together_there_is_nothing_to_choose(session, world, student):
    world.policy.way = MatchingWay.BY_HAND
    session.commit()
    assert "nothing to choose here" in text_of(student.get("/wishes"))
    world.track.state, world.track.published_at = TrackState.DRAFT, None
    session.commit()
    assert "still setting this up" in text_of(student.get("/wishes"))


def test_the_page_takes_as_many_statements_for_many_mentors_as_for_few(session, world, student, guides):
    def statements():
        with counting(session) as sent:
            assert student.get("/wishes").status_code == 200
        return len(sent)

    rank_list(session, world.track, world.asking, world.mentor)
    session.commit()
    few = statements()
    more = [guide(session, world, f"Dr {number}") for number in range(40)]
    rank_list(session, world.track, world.another_student(), *more)
    session.commit()
    assert statements() == few


# ------------------------------------------------------------------ what others see


def test_faculty_see_who_has_given_wishes_and_never_what(app, session, world, student):
    veto(session, world.mentor, world.asking)
    session.commit()
    faculty = sit(app, session, world, FACULTY)
    assert "wishes given" not in text_of(faculty.get("/mentors"))
    rank_list(session, world.track, world.asking, world.mentor)
    session.commit()
    said = text_of(faculty.get("/mentors"))
    assert "wishes given" in said
    assert "1 student has given wishes" in said


PLACES = {
    FACULTY: ["/", "/mentors", "/mentors/{mentor}", "/conflicts?q=a", "/students/{student}", "/board.csv", "/track",
              "/mentors/automatic", "/mentors/template.csv", "/mentors/people", "/grades", "/certificates",
              "/waiting", "/leavers", "/mentors/{mentor}/leaving"],
    MENTOR: ["/", "/my-students", "/conflicts?q=a", "/students/{student}", "/privacy"],
    STUDENT: ["/", "/path", "/conflicts", "/privacy"],
}  # fmt: skip


@pytest.mark.parametrize("secret", ["concern", "veto", "complaint", "concern before"])
@pytest.mark.parametrize("role", PLACES, ids=lambda role: role.value)
def test_no_page_no_table_and_no_count_betrays_a_concern_a_veto_or_a_complaint(app, session, world, role, secret):
    """The pair is together already, so nothing may depend on it: every page stays the same, to a byte."""
    earlier = mentor(session, World(session, inside=world.deployment).track, world.guide)
    browser, numbers = sit(app, session, world, role), {"mentor": world.mentor.id, "student": world.student.id}

    def pages():
        answers = [browser.get(place.format(**numbers)) for place in PLACES[role]]
        assert {answer.status_code for answer in answers} == {200}
        return [re.sub(r'name="csrf_token" value="\w+"', "", answer.text) for answer in answers]

    before = pages()
    if secret == "veto":
        veto(session, world.mentor, world.student)
    elif secret == "complaint":
        conflict(session, world.mentor, world.student, reason=ConflictReason.COMPLAINT)
    elif secret == "concern before":
        conflict(session, earlier, world.student, ConflictKind.CONCERN, note="Never shown.")
    else:
        conflict(session, world.mentor, world.student, ConflictKind.CONCERN, note="Never shown.")
    session.commit()
    assert pages() == before
    assert (
        session.scalars(select(AuditEntry.action).where(AuditEntry.thing == "conflict").order_by(AuditEntry.id)).all()
        == []
    )

"""Every page of the URL map in a real browser, in every role that may see it, as wide as a phone, a frame, a desk.

axe finds nothing, nothing scrolls sideways, the console stays silent, the first Tab reaches the skip link, and nothing
that takes the focus is invisible. A page that is not visited fails the test.
"""

from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from factories.choosing import many_mentors
from factories.world import add
from fakes.lms_server import LmsServer
from fixtures.browser import AXE, CHOICE
from journeys.pictures import IMAGES, pictures
from journeys.pictures import WIDTHS as PICTURED
from sqlalchemy import delete, select
from sweeps.pages import NO_PAGES, PAGES
from sweeps.seeded import DEEP_LINKING, FIRST, LATECOMER, USUAL, seeded_course

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE
from lti_mentoring.blueprints._problems import PROBLEMS
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.mentor_roles import MentorRole, as_stored
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    Group,
    GroupMembership,
    Match,
    Membership,
    Mentor,
    Mentorship,
    Milestone,
    Passkey,
    Person,
    RankedMentor,
    Round,
    ServedRole,
    Veto,
)

pytestmark = pytest.mark.chromium

PHONE = 360
WIDTHS = {PHONE: 740, 700: 450, 1280: 900}
WHOLLY = tuple(WIDTHS)
STUDENT, MENTOR, FACULTY, ADMINISTRATOR, OBSERVER, GUEST = (
    SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.ADMINISTRATOR, SeatRole.OBSERVER, SeatRole.GUEST,
)  # fmt: skip
SEEN_ELSEWHERE = {
    "concerns.listed",
    "concerns.one",
    "concerns.own",
    "admin.waiting",
    "home.choose",
    "picking.show",
    "registering.ask",
    "milestones.ask_withdraw",
    "tracks.publishing",
}
LOOK = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const seen = element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
  const stops = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])')]
    .filter(element => !element.disabled && seen(element) && !element.closest('dialog:not([open])'));
  const lost = [];
  for (const element of stops) {
    element.focus();
    if (document.activeElement !== element) continue;
    const box = element.getBoundingClientRect();
    const label = element.labels && element.labels[0] ? element.labels[0].getBoundingClientRect() : box;
    const out = Math.max(box.right, label.right) <= 0 || Math.min(box.left, label.left) >= innerWidth
      || box.bottom <= 0 || box.top >= innerHeight;
    if (out || (box.width < 2 && label.width < 2)) lost.push(element.outerHTML.slice(0, 160));
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return {wide, lost};
}"""


@pytest.fixture(scope="module")
def course(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    with seeded_course(url, tmp_path_factory.mktemp("seeded")) as course:
        yield course
    sqlite_copies.drop(url)


class Visitor:
    """One browser context; collects what is wrong with the pages that it opens."""

    def __init__(self, chromium, course, token="", cookie=SEAT_COOKIE):
        self.course = course
        self.context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        if token:
            self.context.add_cookies([{
                "name": cookie, "value": token, "url": course.url.replace("http:", "https:"), "secure": True,
                "httpOnly": True, "sameSite": "None",
            }])  # fmt: skip
        self.page = self.context.new_page()
        self.faults, self.said = [], []
        self.page.on("console", lambda said: said.type in {"error", "warning"} and self.said.append(said.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def visit(self, path, status=200, widths=WHOLLY, axe=(PHONE,)):
        """Open a page and look at it; ``axe``: at which widths it judges, which takes longest.

        Each page is judged at all widths in each role, in further situations on the phone.
        """
        self.said.clear()
        answer = self.page.goto(path if path.startswith("http") else f"{self.course.url}{path}")
        if answer.status != status:
            self.faults.append((path, "answers", answer.status))
            return
        if "html" not in answer.headers["content-type"]:
            self.faults.append((path, "is no page", answer.headers["content-type"]))
            return
        self.page.keyboard.press("Tab")
        first = self.page.evaluate("document.activeElement.className")
        if first != "m-skip":
            self.faults.append((path, "the first Tab reaches", first))
        if axe:
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            self.look(path, width)
            if width in axe:
                self.ask_axe(path, width)
        self.faults += [(path, "says", said) for said in self.said if "Failed to load resource" not in said]
        self.faults += [(path, "says", said) for said in self.said if "Failed" in said and status == 200]

    def ask_axe(self, path, width):
        found = self.page.evaluate("choice => axe.run(choice)", CHOICE)
        for fault in found["violations"]:
            self.faults.append((path, width, fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]))

    def look(self, path, width):
        seen = self.page.evaluate(LOOK)
        if seen["wide"] > 0:
            self.faults.append((path, width, "scrolls sideways by", seen["wide"]))
        if seen["lost"]:
            self.faults.append((path, width, "takes the focus out of sight", seen["lost"]))

    def close(self):
        self.context.close()
        assert self.faults == [], "\n".join(map(str, self.faults))


@pytest.fixture
def visitor(chromium, course):
    opened = []

    def made(role=None, sub="", **columns):
        if isinstance(role, AccountKind):  # its values are those of roles
            opened.append(Visitor(chromium, course, course.account(role), ACCOUNT_COOKIE))
        else:
            opened.append(Visitor(chromium, course, course.seat(role, sub, **columns) if role else ""))
        return opened[-1]

    yield made
    for one in opened:
        one.context.close()


def pages_of(app, role):
    """Return the pages that a role (None: anybody) may see, from the URL map itself."""
    found = []
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].access_rule
        mine = access.roles is None if role is None else access.roles is not None and role in access.roles
        if "GET" in rule.methods and rule.endpoint not in NO_PAGES and mine:
            found.append(rule.endpoint)
    return sorted(set(found))


def test_every_page_of_the_url_map_is_visited_or_said_to_be_none(app):
    got = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert got == set(PAGES) | set(NO_PAGES)
    assert {endpoint for endpoint, path in PAGES.items() if path is None} == SEEN_ELSEWHERE


def test_every_page_is_in_a_picture_and_every_picture_is_of_a_page(course):
    course.account(AccountKind.OPERATOR)
    course.add_work()
    with LmsServer() as lms:
        places = [address() if callable(address) else address for *_, address in pictures(course, lms).values()]
    paths = {urlsplit(place).path for place in places}
    bound = course.app.url_map.bind("localhost")
    drawn = {bound.match(path)[0] for path in paths if bound.test(path)}
    assert set(PAGES) - drawn == set()
    assert drawn - set(PAGES) == set()
    names = {f"{name}-{width}.png" for name in pictures(course, lms) for width in PICTURED}
    assert {path.name for path in IMAGES.glob("*.png")} == names


@pytest.mark.parametrize("role", [None, *SeatRole], ids=lambda role: role.value if role else "anybody")
def test_every_page_in_every_role(course, visitor, role):
    someone, numbers = visitor(role), course.numbers(role)
    for endpoint in pages_of(course.app, role):
        if PAGES[endpoint] is not None:
            status = 405 if endpoint == "lti.launch_by_hand" else 200
            someone.visit(PAGES[endpoint].format(**numbers), status, axe=WHOLLY)
    someone.close()


def test_the_pages_of_those_who_sign_in_without_an_lms(course, visitor):
    """An operator's pages and their own; of an administrator's the one that differs from what an LMS seat sees."""
    someone, app = visitor(AccountKind.OPERATOR), course.app
    numbers = {**course.numbers(ADMINISTRATOR), "passkey_id": course.a(Passkey)}
    for endpoint in sorted(app.view_functions):
        rule = app.view_functions[endpoint].access_rule
        if not rule.roles and AccountKind.OPERATOR in rule.accounts and endpoint in PAGES:
            someone.visit(PAGES[endpoint].format(**numbers), axe=WHOLLY)
    someone.close()
    administrator = visitor(AccountKind.ADMINISTRATOR)
    administrator.visit("/admin/people", axe=WHOLLY)
    administrator.visit("/operator", 403, widths=(PHONE,))
    administrator.close()
    outsider = visitor(AccountKind.MENTOR)
    student = course.number("student-24")
    for path in ("/", "/my-students", f"/students/{student}", "/account", "/courses", "/privacy"):
        outsider.visit(path, axe=WHOLLY)
    outsider.close()


def test_the_page_of_an_invited_person_and_the_answer_to_a_wish_for_a_link(course, visitor):
    stranger = visitor()
    stranger.visit(course.invitation(), axe=WHOLLY)
    for words, press in (("asks you to be a mentor", None), ("Look into your mail", "E-mail me a link")):
        if press:
            stranger.page.goto(f"{course.url}/sign-in")
            stranger.page.get_by_label("Your e-mail address").fill("nobody@clinic.example")
            stranger.page.get_by_role("button", name=press).click()
        stranger.page.get_by_role("heading", name=words).wait_for()
        stranger.page.evaluate(AXE.read_text(encoding="utf-8"))
        stranger.look(words, PHONE)
        stranger.ask_axe(words, PHONE)
    stranger.close()


def test_what_is_said_in_confidence(course, visitor):
    """Whoever wrote, a reader who has opened it, and one who has not."""
    number = course.concern()
    for role, who, paths in (
        (STUDENT, "student-20", ("/concerns/new", "/concerns/mine", f"/concerns/mine/{number}")),
        (ADMINISTRATOR, "", ("/concerns", f"/concerns/{number}", "/seat")),
        (MENTOR, "staff-okafor", ("/concerns", f"/concerns/{number}")),
    ):
        someone = visitor(role, who)
        for path in paths:
            someone.visit(path, axe=WHOLLY)
        someone.close()


def test_pages_that_only_one_seat_sees(course, visitor):
    waiting = visitor(GUEST, "student-25")
    waiting.visit("/admin/waiting", axe=WHOLLY)
    waiting.close()
    picking = visitor(FACULTY, deep_linking=DEEP_LINKING)
    picking.visit("/lti/deep-link", axe=WHOLLY)
    picking.close()
    choosing = visitor(FACULTY, roles=["faculty", "mentor", "student"])
    for path in ("/seat/choose", "/seat", "/"):
        choosing.visit(path, axe=WHOLLY)
    choosing.close()
    sent = course.progress("student-05", ProgressState.SUBMITTED)
    withdrawing = visitor(STUDENT, "student-05")
    withdrawing.visit(f"/milestones/{sent.milestone_id}/evidence/{sent.evidence[-1].id}/withdraw", axe=WHOLLY)
    withdrawing.close()


def test_the_page_that_registers_a_platform(course, visitor):
    with LmsServer() as lms:
        stranger = visitor()
        stranger.visit(course.platform_invitation(lms), axe=WHOLLY)
        stranger.visit("/lti/register", 403)
        stranger.close()


@pytest.mark.parametrize(
    "sub", ["student-01", "student-05", "student-09", "student-16", "student-18", "student-19", LATECOMER, FIRST]
)
def test_students_in_other_situations(course, visitor, sub):
    """Sent back, waiting, appealed, excused, about to meet, met, without a mentor, at the very beginning."""
    student = visitor(STUDENT, sub)
    student.visit("/")
    student.visit("/certificate")
    for state in (ProgressState.RETURNED, ProgressState.SUBMITTED, ProgressState.APPEALED, ProgressState.EXCUSED):
        if one := course.progress(sub, state):
            student.visit(f"/milestones/{one.milestone_id}")
    if sub == "student-18":
        talk = course.a(Milestone, Milestone.proof == Proof.MEETING)
        for path in (f"/milestones/{talk}", f"/meetings/new?milestone={talk}", f"/meetings/held?milestone={talk}"):
            student.visit(path)
    if sub == LATECOMER:
        named = select(RankedMentor.mentor_id).union(select(Veto.mentor_id))
        other = course.a(Mentor, Mentor.track_id == course.track.id, Mentor.id.not_in(named))
        student.visit(f"/directory/{other}")
        student.page.get_by_role("button", name="Put on my wish list").wait_for()
    student.close()


def test_a_student_whose_first_wish_had_no_place_left_reads_why(course, visitor):
    student = visitor(STUDENT, "student-20")
    student.visit("/my-mentor/why", axe=WHOLLY)
    student.page.get_by_text("went to students who were placed before you").wait_for()
    student.close()


def test_staff_at_milestones_in_every_state(course, visitor):
    faculty = visitor(FACULTY)
    for sub, state in {
        "student-01": ProgressState.SUBMITTED,
        "student-20": ProgressState.RETURNED,
        "student-09": ProgressState.APPEALED,
        "student-16": ProgressState.EXCUSED,
        "student-19": ProgressState.SUBMITTED,
        "student-02": ProgressState.ACCEPTED,
    }.items():
        one = course.progress(sub, state)
        faculty.visit(f"/students/{one.student_id}/milestones/{one.milestone_id}")
    course.add_work()
    for job in (course.running, course.failed, course.held, course.batch):
        faculty.visit(f"/jobs/{job.id}")
    published = f"/rounds/{course.numbers(FACULTY)['published_round']}"
    for path in ("/", "/mentors", "/?q=nobody-of-this-name", published, f"{published}/fairness", f"{published}/check"):
        faculty.visit(path)
    faculty.visit("/certificates?show=withdrawn")
    faculty.close()


def test_a_course_that_has_hardly_begun(course, visitor):
    """A link without a track; a track that is a draft, as faculty, a student and a mentor see it."""
    before = visitor(FACULTY, resource_link_ref=course.unbound.id)
    before.visit("/track", axe=WHOLLY)
    before.close()
    faculty = visitor(FACULTY, resource_link_ref=course.draft.id)
    for path in ("/", "/track", "/track/publish", "/mentors", "/certificates", "/grades"):
        faculty.visit(path, axe=WHOLLY)
    faculty.close()
    for role in (STUDENT, MENTOR):
        early = visitor(role, resource_link_ref=course.draft.id)
        early.visit("/")
        early.close()


def test_a_withdrawn_and_an_unknown_certificate(course, visitor):
    stranger = visitor()
    withdrawn = next(one for one in course.awards if one.revoked_at is not None)
    stranger.visit(f"/verify/{withdrawn.public_id}")
    stranger.visit("/verify/unknown", 404)
    stranger.close()


def test_every_kind_of_error_page(course, visitor):
    """In words of their own, in one template: axe judges one of them, the narrowest width the words of all."""
    stranger = visitor()
    stranger.visit("/a-problem/conflict", PROBLEMS["conflict"].status)
    for kind, problem in PROBLEMS.items():
        stranger.visit(f"/a-problem/{kind}", problem.status, widths=(PHONE,), axe=())
    stranger.visit("/a-bug", 500)
    stranger.visit("/nothing-here", 404)
    stranger.close()


def test_errors_inside_a_seat(course, visitor):
    student = visitor(STUDENT)
    student.visit("/grades", 403)
    student.visit("/milestones/999999", 404)
    student.visit("/seat/leave", 405)
    student.visit("/a-problem/conflict", 409)
    student.close()


@contextmanager
def kept_together(course):
    """Let the draft have kept a group together while its pages are looked at; yield somebody of it."""
    with unit_of_work() as session:
        made = session.scalars(select(Round).where(Round.state == RoundState.DRAFT)).one()
        pair = session.scalars(select(Match).where(Match.round_id == made.id).order_by(Match.id).limit(2)).all()
        by_hand = {"context_ref": course.context.id, "kind": GroupKind.BY_HAND, "external_id": "a", "name": "Team A"}
        team = add(session, Group(**course.shared, **by_hand))
        inside = [GroupMembership(**course.shared, group_id=team.id, person_id=one.student_id) for one in pair]
        session.add_all(inside)
        made.kept_together, made.group_size = "by_hand:", 2
        for one in pair:
            one.unit, one.group_name = pair[0].student_id, "Team A"
    try:
        yield pair[0]
    finally:
        with unit_of_work() as session:
            for one in pair:
                one.unit, one.group_name = None, ""
            made.kept_together, made.group_size = "", 1
            for rows in (inside, [team]):
                for row in rows:
                    session.delete(row)
                session.flush()


def test_the_pages_of_a_round_that_keeps_groups_together(course, visitor):
    with kept_together(course) as one:
        faculty = visitor(FACULTY)
        for path in (
            "/rounds/new?together=by_hand:", "/rounds/groups",
            f"/rounds/{one.round_id}", f"/rounds/{one.round_id}/students/{one.student_id}?mentor=0",
            f"/rounds/{one.round_id}/students/{one.student_id}?mentor=0&who=one",
        ):  # fmt: skip
            faculty.visit(path)
        faculty.close()


@contextmanager
def two_roles(course):
    """Let the track have a second role while its pages are looked at: one mentor serves in it and has one student."""
    with unit_of_work() as session:
        track = course.track
        first, second = session.scalars(select(Mentor).where(Mentor.track_id == track.id).order_by(Mentor.id).limit(2))
        track.mentor_roles = as_stored([MentorRole("", "Clinical mentor"), MentorRole("research", "Research mentor")])
        rows = [
            ServedRole(**course.shared, mentor_id=first.id, role=""),
            ServedRole(**course.shared, mentor_id=second.id, role="research"),
        ]
        pair = Mentorship(
            **course.shared, track_id=track.id, mentor_id=second.id, student_id=course.number("student-05"),
            role="research", started_at=utcnow(),
        )  # fmt: skip
        session.add_all([*rows, pair])
    try:
        yield second
    finally:
        with unit_of_work() as session:
            for one in (*rows, pair):
                session.delete(one)
            track.mentor_roles = []


def test_the_pages_of_a_track_with_two_roles(course, visitor):
    with two_roles(course) as second:
        student = course.number("student-05")
        faculty = visitor(FACULTY)
        for path in (
            "/?show=all", "/track", "/track/roles", "/mentors", "/mentors?role=research", f"/mentors/{second.id}",
            "/mentors/people", "/mentors/upload", "/mentors/automatic?role=research", "/waiting?role=research",
            "/rounds", "/rounds/new?role=research", f"/students/{student}",
            f"/track/milestones/{course.track.open_milestones[0].id}", "/directory?role=research",
            f"/directory/{second.id}",
        ):  # fmt: skip
            faculty.visit(path)
        faculty.close()
        paired, lacking = visitor(STUDENT, "student-05"), visitor(STUDENT, "student-01")
        for someone in (paired, lacking):
            for path in ("/", "/wishes?role=research", "/asking?role=research", "/directory?role="):
                someone.visit(path)
            someone.close()
        guide = visitor(MENTOR)
        for path in ("/profile", "/profile/public"):
            guide.visit(path)
        guide.close()


@contextmanager
def many_with_room(course):
    """Let more mentors have room than a list holds, while pages are looked at."""
    track = course.track
    with unit_of_work() as session:
        here = SimpleNamespace(
            session=session, track=track, context=course.context, institution=SimpleNamespace(id=track.institution_id),
            faculty=session.get_one(Person, course.number(USUAL[FACULTY])),
        )  # fmt: skip
        guides = many_mentors(here)
        people, asked = [one.person_id for one in guides], track.mentor_test
        track.mentor_test = None  # they have passed none
        guides[0].field = "Paediatric oncology, palliative care and the teaching of ward rounds"
    try:
        yield guides
    finally:
        with unit_of_work() as session:
            track.mentor_test = asked
            for model, column in ((Mentor, Mentor.person_id), (Membership, Membership.person_id), (Person, Person.id)):
                session.execute(delete(model).where(column.in_(people)))


def test_the_pages_of_a_track_with_many_mentors_who_have_room(course, visitor):
    with many_with_room(course) as guides:
        numbers = course.numbers(FACULTY)
        pair = course.session.get_one(Mentorship, numbers["mentorship_id"])
        place, move = f"/students/{numbers['waiting_student']}/mentor", f"/mentorships/{pair.id}/move"
        change = f"/rounds/{numbers['round_id']}/students/{numbers['waiting_student']}"
        faculty = visitor(FACULTY)
        for path in (
            "/mentors", "/waiting", f"/mentors/{pair.mentor_id}", "/mentors/automatic", place, f"{place}?q=nobody-so",
            f"{place}?page=2&back=waiting", move, f"{move}?mentor={guides[0].id}", change, f"{change}/mentors",
            f"{change}?mentor={guides[0].id}",
        ):  # fmt: skip
            faculty.visit(path)
        faculty.close()

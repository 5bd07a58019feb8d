"""For every route that takes a POST: what makes it succeed once. ``tests/sweeps/test_audit.py`` presses them all.

A recipe prepares the world and returns the press: a function without arguments that sends the request.
"""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from secrets import token_hex

from factories.accounts import administrator, come_in, operator
from factories.awards import desk, earn, issued
from factories.browser import sit
from factories.concerns import concern, handler, opened
from factories.credentials import PDF, checked_here, credential
from factories.door import BASE, Door
from factories.goals import goal
from factories.introductions import introduced
from factories.meetings import agreed, proposed
from factories.mentor_badges import badge, trained_here
from factories.outside import ADDRESS, come_in_from_outside, mailed, outsider
from factories.outside import invite as invite_from_outside
from factories.profiles import application
from factories.quiet_hours import quiet_hours
from factories.rounds import drawn
from factories.tests import exam
from factories.visitor import Visitor
from factories.wishes import asked, conflict, policy, rank_list
from factories.world import NOON, World, add, deployment, membership, mentor, person, registration, track
from fakes.authenticator import Authenticator
from fakes.lms_server import LmsServer, Reply
from platforms.drive import Reader
from sqlalchemy import delete, select

from lti_mentoring.blueprints._account_session import BROWSER_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import (
    Administrator,
    ConcernHandler,
    DeploymentApproval,
    HeldReason,
    Item,
    Job,
    JobKind,
    JobState,
    LineItem,
    Mail,
    Membership,
    MembershipStatus,
    Passkey,
    Score,
    ScoreState,
    ToolKey,
    TrackState,
)
from lti_mentoring.queries.cases import find_own_case
from lti_mentoring.services import evidence, levels, mailed_links, mentor_pages, milestones
from lti_mentoring.services.accounts import make_link
from lti_mentoring.services.applications import begin as begin_application
from lti_mentoring.services.applications import withdraw as withdraw_application
from lti_mentoring.services.assessments import ensure_instruments
from lti_mentoring.services.attempts import begin
from lti_mentoring.services.evidence import Sending
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.registering import invite
from lti_mentoring.services.rounds import Swap, change
from lti_mentoring.services.steps import open_progress

NOTHING_KEPT = {
    "verify.judge": "the file is checked and forgotten; nobody is told",
    "assigning.read_upload": "a preview; what it shows is placed by assigning.place",
    "milestones.save": "the student's own draft: no step, and nobody else reads it",
    "attempts.save": "saved while one answers; beginning and sending are written",
    "assessments.save": "saved while one writes; opening the draft is written once",
    "tickets.make": "it opens for a minute what the seat opens anyway; a new window's seat is written down",
    "lti.login": "the state of a login that may never come back; the launch writes",
    "signing_in.ask": "a challenge that may never be answered; signing in writes",
    "signing_in.ask_by_link": "a challenge; the passkey that is kept writes",
    "mailed_links.ask_for_link": "a wish; the task that answers it writes, and does so for known addresses only",
    "account.ask_for_one_more": "a challenge; the passkey that is kept writes",
    "account.ask_again": "a challenge; showing the passkey writes",
}
MULTIPART = "multipart/form-data"
RECIPES = {}


def recipe(endpoint):
    """Say which route the function below prepares."""

    def keep(prepare):
        RECIPES.setdefault(endpoint, []).append(prepare)
        return prepare

    return keep


class Scene:
    """One course, and somebody of each role at its pages."""

    def __init__(self, app, session, world, at_end):
        self.app, self.session, self.world, self.at_end = app, session, world, at_end
        self.milestone, self.second = world.track.milestones[:2]

    def sit(self, role, **columns):
        return sit(self.app, self.session, self.world, role, **columns)

    @property
    def faculty(self):
        return self.sit(SeatRole.FACULTY)

    @property
    def student(self):
        return self.sit(SeatRole.STUDENT)

    @property
    def guide(self):
        return self.sit(SeatRole.MENTOR)

    @property
    def administrator(self):
        add(
            self.session,
            Administrator(
                institution_id=self.world.institution.id,
                person_id=self.world.faculty.id,
                asked_at=NOON,
                confirmed_at=NOON,
                confirmed_by="operator",
            ),
        )
        return self.sit(SeatRole.ADMINISTRATOR)

    def by(self, role):
        return self.world.sitter(role=role)

    def sent(self):
        """Let the student have sent something for the first milestone; return it."""
        return evidence.send(
            self.session,
            self.by(SeatRole.STUDENT),
            self.milestone.id,
            Sending(version=1, text="What I saw and what I would do differently next time."),
            self.app.extensions["files"],
            limit=1000,
            now=utcnow(),
        )

    def version(self):
        """Return the version on which a form for the first milestone would be opened."""
        self.session.flush()
        case = find_own_case(self.session, self.by(SeatRole.STUDENT), self.milestone.id)
        return open_progress(self.session, case).version

    def returned(self):
        self.sent()
        milestones.send_back(
            self.session,
            self.by(SeatRole.MENTOR),
            self.world.student.id,
            self.milestone.id,
            "Please say more about the second visit.",
            self.version(),
            now=utcnow(),
        )

    def here(self, tail=""):
        return f"/students/{self.world.student.id}/milestones/{self.milestone.id}{tail}"

    def draft(self):
        self.world.track.state, self.world.track.published_at = TrackState.DRAFT, None


def form_at(html, action):
    """Return the form of a page that is sent to ``action``."""
    reader = Reader(f"{BASE}/")
    reader.feed(html)
    posted = [form for form in reader.forms if form.method == "post"]
    for form in posted:
        if form.action.partition("?")[0] == f"{BASE}{action}":
            return form
    raise AssertionError(f"no form to {action}; there are {[form.action for form in posted]}")


def filled(client, page, action, **values):
    """Return the press of a form as it stands on a page, with some of its values changed (__ for - in a name)."""
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    form = form_at(answer.text, action)
    fields = {}
    for name, value in form.fields:
        fields.setdefault(name, []).append(value)
    fields.update({name.replace("__", "-"): value for name, value in values.items()})
    return lambda: client.post(form.action.removeprefix(BASE), fields)


# ------------------------------------------------------------------ coming in


@recipe("lti.launch")
def a_launch(scene):
    door = Door(scene.app, scene.session)
    begun = door.login()
    form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=f"{BASE}/lti/launch")
    return lambda: door.post(form)


@recipe("tickets.make")
def a_ticket(scene):
    student = scene.student
    return lambda: student.post("/seat/ticket", {"address": "/path"})


@recipe("lti.login")
def a_login(scene):
    door = Door(scene.app, scene.session)
    return lambda: door.login(method="POST")


@recipe("notices.receive")
def a_notice(scene):
    door = Door(scene.app, scene.session)
    batch = {"notices": [{"jwt": door.platform.notice(1, now=utcnow())}]}
    client = scene.app.test_client()
    return lambda: client.post("/lti/notices", json=batch, base_url=BASE)


@recipe("registering.confirm")
def a_platform_that_registers(scene):
    lms = scene.at_end.enter_context(LmsServer())
    scene.app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
    invitation = invite(scene.session, scene.world.institution.id, by=None, now=utcnow())
    scene.session.commit()
    client = scene.app.test_client()
    asked = {"invitation": invitation, "openid_configuration": f"{lms.url}/.well-known/openid-configuration"}
    page = client.get("/lti/register", query_string=asked, base_url=BASE)
    reader = Reader(f"{BASE}/lti/register")
    reader.feed(page.text)
    return lambda: client.post("/lti/register", data=dict(reader.forms[0].fields), base_url=BASE)


@recipe("picking.answer")
def a_link_that_is_picked(scene):
    door = Door(scene.app, scene.session)
    door.walk(change=door.platform.picking())
    form = form_at(door.open("/lti/deep-link").text, "/lti/deep-link")
    return lambda: door.browser.post(
        "/lti/deep-link", data=dict(form.fields) | {"do": "add", "pick": "later"}, base_url=BASE
    )


@recipe("home.switch")
def another_role(scene):
    client = scene.sit(SeatRole.FACULTY, roles=["faculty", "mentor"])
    return lambda: client.post("/seat", {"role": "mentor"})


@recipe("home.leave")
def leaving(scene):
    client = scene.student
    return lambda: client.post("/seat/leave")


# ------------------------------------------------------------------ the administrator


@recipe("admin.invite_platform")
def an_invitation(scene):
    client = scene.administrator
    return lambda: client.post("/admin/platforms/invite")


@recipe("by_hand.add")
def a_platform_by_hand(scene):
    lms = "https://another.example"
    return filled(
        scene.administrator, "/admin/platforms/new/other", "/admin/platforms/new/other",
        name="Another LMS", issuer=lms, client_id="c", auth_url=f"{lms}/auth", token_url=f"{lms}/token",
        jwks_url=f"{lms}/jwks", deployments="1\n2",
    )  # fmt: skip


@recipe("admin.switch_platform")
def a_platform_switched_off(scene):
    other = registration(scene.session, scene.world.institution)
    client = scene.administrator
    return lambda: client.post(f"/admin/platforms/{other.id}/off")


@recipe("admin.look_up_platform")
def a_platform_looked_up(scene):
    lms = scene.at_end.enter_context(LmsServer())
    scene.app.extensions["platform_client"] = PlatformClient(allowed_private_hosts=["127.0.0.1"])
    kept = registration(
        scene.session, scene.world.institution, token_url=lms.token_url, client_uri=f"{lms.url}/kept", client_id="c"
    )
    deployment(scene.session, kept)
    lms.always("/kept", Reply.json({"client_id": "c", "scope": "x"}))
    client = scene.administrator
    return lambda: client.post(f"/admin/platforms/{kept.id}/look-up")


@recipe("admin.decide")
def a_deployment_let_in(scene):
    waiting = deployment(scene.session, scene.world.registration, deployment_id="new", state=DeploymentApproval.PENDING)
    client = scene.administrator
    return lambda: client.post(f"/admin/deployments/{waiting.id}/approve")


@recipe("admin.decide_person")
def an_administrator_confirmed(scene):
    other = add(
        scene.session,
        Administrator(
            institution_id=scene.world.institution.id,
            person_id=person(scene.session, scene.world.institution).id,
            asked_at=NOON,
        ),
    )
    client = scene.administrator
    return lambda: client.post(f"/admin/people/{other.id}/confirm")


# ------------------------------------------------------------------ without an LMS


def operator_here(scene):
    return come_in(scene.app, scene.session, operator(scene.session))


def administrator_here(scene):
    return come_in(scene.app, scene.session, administrator(scene.session, scene.world.institution))


def challenged(client, path, **data):
    answer = client.post(path, data, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json


@recipe("signing_in.ask")
def a_challenge(scene):
    client = scene.app.test_client()
    return lambda: client.post("/sign-in/ask", base_url=BASE)


@recipe("signing_in.ask_by_link")
def a_challenge_by_a_link(scene):
    token = make_link(scene.session, operator(scene.session), by=None, now=utcnow())
    client = scene.app.test_client()
    return lambda: client.post("/sign-in/link/ask", data={"link": token}, base_url=BASE)


@recipe("signing_in.use_link")
def a_first_passkey(scene):
    client = operator_here(scene)
    token = make_link(scene.session, operator(scene.session, "Newcomer"), by=None, now=utcnow())
    scene.session.commit()
    made = Authenticator().create(challenged(client, "/sign-in/link/ask", link=token))
    return lambda: client.post("/sign-in/link", {"link": token, "name": "Key", "credential": made})


@recipe("signing_in.sign_in")
def somebody_signed_in(scene):
    client = operator_here(scene)
    credential = client.device.get(challenged(client, "/sign-in/ask"))
    return lambda: client.post("/sign-in", {"credential": credential})


@recipe("signing_in.leave")
def somebody_signed_out(scene):
    client = operator_here(scene)
    return lambda: client.post("/sign-out")


def by_mail(scene):
    """Let mails leave as in the demonstration, which shows them."""
    scene.app.extensions["settings"] = replace(scene.app.extensions["settings"], show_mails=True)


@recipe("mailed_links.ask_for_link")
def a_link_by_mail_asked_for(scene):
    by_mail(scene)
    visitor = Visitor(scene.app)
    return lambda: visitor.post("/sign-in/mail/ask", {"address": "vera@clinic.example"})


def mailed_link(scene, visitor):
    """Let an outside mentor's visitor have asked; return the secret in the mail."""
    by_mail(scene)
    outsider(scene.session, scene.world, now=utcnow())
    secret = visitor.client.get_cookie(BROWSER_COOKIE, domain="localhost")
    asked = mailed_links.ask(
        scene.session, ADDRESS, address_hash=token_hex(32), browser=secret.value if secret else "another",
        source=token_hex(32), back=None, now=utcnow(),
    )  # fmt: skip
    mailed_links.answer(scene.session, asked.id, scene.app.extensions["sealer"], BASE, now=utcnow())
    mail = scene.session.scalars(select(Mail).where(Mail.kind == "sign_in_link").order_by(Mail.id.desc())).first()
    return mailed(scene.session, mail)


@recipe("mailed_links.open_link")
def signed_in_by_mail(scene):
    by_mail(scene)
    scene.session.commit()
    visitor = Visitor(scene.app)
    visitor.post("/sign-in/mail/ask", {"address": "nobody@clinic.example"})
    token = mailed_link(scene, visitor)
    return lambda: visitor.post("/sign-in/mail/open", {"link": token})


@recipe("mailed_links.confirm")
def signed_in_by_mail_elsewhere(scene):
    visitor = Visitor(scene.app)
    token = mailed_link(scene, visitor)
    scene.session.commit()
    visitor.look(token, "/sign-in/mail/open")
    return lambda: visitor.post("/sign-in/mail/confirm", {"link": token, "visitor": visitor.proof()})


@recipe("inviting.invite")
def somebody_from_outside_invited(scene):
    client = scene.faculty
    form = {"whom": "Vera Outside <vera@clinic.example>", "places": "3"}
    return lambda: client.post("/mentors/invitations", form)


@recipe("inviting.again")
def an_invitation_sent_again(scene):
    invitation, _token = invite_from_outside(scene.session, scene.world, now=utcnow())
    client = scene.faculty
    return lambda: client.post(f"/mentors/invitations/{invitation.id}/again")


@recipe("inviting.take_back")
def an_invitation_taken_back(scene):
    invitation, _token = invite_from_outside(scene.session, scene.world, now=utcnow())
    client = scene.faculty
    return lambda: client.post(f"/mentors/invitations/{invitation.id}/take-back")


def invited_visitor(scene):
    _invitation, token = invite_from_outside(scene.session, scene.world, now=utcnow())
    scene.session.commit()
    return Visitor(scene.app), token


@recipe("invited.look")
def an_invitation_opened(scene):
    visitor, token = invited_visitor(scene)
    return lambda: visitor.post("/invitation/open", {"link": token})


@recipe("invited.accept")
def an_invitation_accepted(scene):
    visitor, token = invited_visitor(scene)
    visitor.look(token)
    return lambda: visitor.accept(token)


@recipe("invited.decline")
def an_invitation_declined(scene):
    visitor, token = invited_visitor(scene)
    visitor.look(token)
    return lambda: visitor.post(
        "/invitation/decline", {"link": token, "visitor": visitor.proof(), "reason": "No time."}
    )


@recipe("outside.sit")
def an_outside_mentor_in_another_course(scene):
    other = outsider(scene.session, World(scene.session, inside=scene.world.deployment), now=utcnow())
    client = come_in_from_outside(scene.app, scene.session, scene.world)
    return lambda: client.post(f"/courses/{other.mentor.id}")


@recipe("account.ask_for_one_more")
def a_challenge_for_one_more(scene):
    client = operator_here(scene)
    return lambda: client.post("/account/passkeys/ask")


def one_more(client):
    made = Authenticator().create(challenged(client, "/account/passkeys/ask"))
    return lambda: client.post("/account/passkeys", {"name": "Phone", "credential": made})


@recipe("account.add")
def a_further_passkey(scene):
    return one_more(operator_here(scene))


@recipe("account.remove")
def a_passkey_removed(scene):
    client = operator_here(scene)
    assert one_more(client)().status_code == 303
    scene.session.rollback()
    phone = scene.session.scalars(select(Passkey.id).order_by(Passkey.id.desc())).first()
    return lambda: client.post(f"/account/passkeys/{phone}/remove")


@recipe("account.ask_again")
def a_challenge_in_between(scene):
    client = operator_here(scene)
    return lambda: client.post("/account/check/ask")


@recipe("account.checked")
def the_passkey_shown_again(scene):
    client = operator_here(scene)
    credential = client.device.get(challenged(client, "/account/check/ask"))
    return lambda: client.post("/account/check", {"credential": credential})


@recipe("account.end_everywhere")
def signed_out_everywhere(scene):
    client = operator_here(scene)
    return lambda: client.post("/account/sessions/end")


@recipe("admin.invite_colleague")
def a_colleague_invited(scene):
    client = administrator_here(scene)
    return lambda: client.post("/admin/people/accounts", {"colleague": "Boole"})


@recipe("admin.change_colleague")
def a_colleague_kept_out(scene):
    other, client = administrator(scene.session, scene.world.institution, "Boole"), administrator_here(scene)
    return lambda: client.post(f"/admin/people/accounts/{other.id}/off")


@recipe("operating.add")
def an_institution(scene):
    client = operator_here(scene)
    return lambda: client.post("/operator/institutions", {"name": f"Clinic {scene.world.institution.id}"})


@recipe("operating.rename")
def an_institution_renamed(scene):
    client, number = operator_here(scene), scene.world.institution.id
    return lambda: client.post(f"/operator/institutions/{number}/name", {"name": "Another name"})


@recipe("operating.invite_platform")
def a_platform_invited(scene):
    client, number = operator_here(scene), scene.world.institution.id
    return lambda: client.post(f"/operator/institutions/{number}/invitation")


@recipe("operating.confirm_platform")
def a_platform_confirmed(scene):
    waiting = registration(scene.session, scene.world.institution, waits_since=utcnow())
    client, number = operator_here(scene), scene.world.institution.id
    return lambda: client.post(f"/operator/institutions/{number}/platforms/{waiting.id}/confirm")


@recipe("operating.invite_administrator")
def an_administrator_invited(scene):
    client, number = operator_here(scene), scene.world.institution.id
    return lambda: client.post(f"/operator/institutions/{number}/administrators", {"colleague": "Ada"})


@recipe("operating.change_administrator")
def a_new_link_for_an_administrator(scene):
    other, client = administrator(scene.session, scene.world.institution), operator_here(scene)
    number = scene.world.institution.id
    return lambda: client.post(f"/operator/institutions/{number}/administrators/{other.id}/link")


@recipe("operating.rotate_keys")
def the_next_key_signs(scene):
    scene.session.execute(delete(ToolKey))
    ensure_keys(scene.session, scene.app.extensions["sealer"], now=utcnow() - timedelta(days=2))
    client = operator_here(scene)
    return lambda: client.post("/operator/keys/rotate")


@recipe("operating.invite_operator")
def an_operator_invited(scene):
    client = operator_here(scene)
    return lambda: client.post("/operator/accounts", {"colleague": "Otto"})


@recipe("operating.change_operator")
def an_operator_kept_out(scene):
    other, client = operator(scene.session, "Otto"), operator_here(scene)
    return lambda: client.post(f"/operator/accounts/{other.id}/off")


# ------------------------------------------------------------------ conflicts


@recipe("conflicts.add")
def a_conflict(scene):
    client, pair = scene.student, {"student": scene.world.student.id, "mentor": scene.world.mentor.id}
    return lambda: client.post("/conflicts", {**pair, "reason": "relative", "note": "We are related."})


@recipe("conflicts.end")
def a_conflict_taken_back(scene):
    row = conflict(scene.session, scene.world.mentor, scene.world.student)
    client = scene.faculty
    return lambda: client.post(f"/conflicts/{row.id}/end")


# ------------------------------------------------------------------ wishes and requests


def wishing(scene):
    """Let the track go by requests; return a browser of a student who wishes for its mentor."""
    policy(scene.session, scene.world.track)
    student = scene.world.another_student(name="Tomás")
    rank_list(scene.session, scene.world.track, student, scene.world.mentor)
    return student, sit(scene.app, scene.session, scene.world, SeatRole.STUDENT, student)


@recipe("rank_lists.save")
def wishes(scene):
    _student, client = wishing(scene)
    return lambda: client.post("/wishes", {"version": "1", "do": f"veto-{scene.world.mentor.id}"})


@recipe("seeking.save")
def what_is_looked_for(scene):
    return filled(scene.student, "/looking-for", "/looking-for", domains="career", career="studying")


@recipe("recommendations.save")
def whether_a_mentor_would_be_chosen_again(scene):
    mentor_id, client = scene.world.mentor.id, scene.student
    return lambda: client.post(f"/would-choose-again/{mentor_id}", {f"again-{mentor_id}-again": "reserved"})


@recipe("quiet_hours.save")
def nights_without_mails(scene):
    said = {"starts_at": "21:00", "ends_at": "07:00", "timezone": "Europe/Stockholm"}
    return filled(scene.faculty, "/quiet-hours", "/quiet-hours", **said)


@recipe("quiet_hours.save")
def no_quiet_hours_any_more(scene):
    quiet_hours(scene.session, scene.world, scene.world.guide)
    return filled(scene.guide, "/quiet-hours", "/quiet-hours", none="1")


@recipe("mentor_choices.limit")
def a_limit(scene):
    return filled(scene.guide, "/my-choices", "/my-choices", most_new="2")


@recipe("mentor_choices.rank")
def a_student_whom_a_mentor_would_like(scene):
    policy(scene.session, scene.world.track, mentors_rank=True)
    client = scene.guide
    return lambda: client.post("/my-choices/list", {"do": f"add-{scene.world.student.id}"})


@recipe("mentor_requests.ask")
def a_question(scene):
    _student, client = wishing(scene)
    return lambda: client.post("/asking", {"message": "May I?"})


@recipe("mentor_requests.withdraw")
def a_question_taken_back(scene):
    student, client = wishing(scene)
    row = asked(scene.session, scene.world.mentor, student)
    scene.session.commit()
    return lambda: client.post(f"/asking/{row.id}/withdraw")


@recipe("mentor_requests.accept")
def a_yes(scene):
    row = asked(scene.session, scene.world.mentor, wishing(scene)[0])
    client = scene.guide
    return lambda: client.post(f"/requests/{row.id}/accept")


@recipe("mentor_requests.decline")
def a_no(scene):
    row = asked(scene.session, scene.world.mentor, wishing(scene)[0])
    client = scene.guide
    return lambda: client.post(f"/requests/{row.id}/decline", {"reason": "No time."})


# ------------------------------------------------------------------ concerns


def a_concern(scene):
    """One that the handler who sits at the pages has opened."""
    who = handler(scene.world)
    one = concern(scene.app, scene.world, now=utcnow())
    opened(scene.world, who, one, now=utcnow())
    scene.session.commit()
    return one, sit(scene.app, scene.session, scene.world, SeatRole.GUEST, who)


@recipe("concerns.send")
def a_word_in_confidence(scene):
    client, reader = scene.student, handler(scene.world)
    sent = {"concerning": str(scene.world.guide.id), "readers": str(reader.id), "text": "He shouts at us."}
    return lambda: client.post("/concerns/new", sent)


@recipe("concerns.add")
def more_of_it(scene):
    (one, _reader), client = a_concern(scene), scene.student
    return lambda: client.post(f"/concerns/mine/{one.key}", {"text": "It happened again."})


@recipe("concerns.read")
def it_is_opened(scene):
    who = handler(scene.world)
    one, client = concern(scene.app, scene.world, now=utcnow()), sit(
        scene.app, scene.session, scene.world, SeatRole.GUEST, who
    )  # fmt: skip
    return lambda: client.post(f"/concerns/{one.key}/open")


@recipe("concerns.answer")
def an_answer_in_confidence(scene):
    one, client = a_concern(scene)
    return lambda: client.post(f"/concerns/{one.key}/answer", {"text": "I have read it."})


@recipe("concerns.settle")
def it_is_closed(scene):
    one, client = a_concern(scene)
    return lambda: client.post(f"/concerns/{one.key}/close", {"version": "1"})


@recipe("concerns.pair")
def the_two_are_kept_apart(scene):
    one, client = a_concern(scene)
    return lambda: client.post(f"/concerns/{one.key}/apart")


@recipe("concern_handlers.name")
def a_reader_is_named(scene):
    client, who = scene.administrator, scene.world.faculty
    return lambda: client.post("/admin/confidential", {"handler": str(who.id)})


@recipe("concern_handlers.end")
def a_reader_is_removed(scene):
    who, client = handler(scene.world), scene.administrator
    number = scene.session.scalar(select(ConcernHandler.id).where(ConcernHandler.person_id == who.id))
    return lambda: client.post(f"/admin/confidential/{number}/end")


# ------------------------------------------------------------------ goals


GOAL = {"title": "Read trials critically", "domain": "research", "due_on": "2090-01-01", "step_1": "Read one."}


@recipe("goals.make")
def a_goal_set(scene):
    return filled(scene.student, "/goals/new", "/goals/new", **GOAL)


def a_goal(scene, tail=""):
    """Let the student have a goal; return its address."""
    return f"/goals/{goal(scene.session, scene.world, now=utcnow()).goal_id}{tail}"


@recipe("goals.change")
def a_goal_changed(scene):
    page = a_goal(scene, "/edit")
    return filled(scene.student, page, page, **GOAL)


@recipe("goals.tick")
def a_step_ticked(scene):
    known = goal(scene.session, scene.world, now=utcnow())
    url = f"/goals/{known.goal_id}/steps/{known.steps[0].action_id}/done"
    return filled(scene.student, f"/goals/{known.goal_id}", url)


@recipe("goals.settle")
def a_goal_met(scene):
    page = a_goal(scene)
    return filled(scene.student, page, f"{page}/met")


@recipe("goals.share")
def a_goal_shared(scene):
    page = a_goal(scene)
    return filled(scene.student, page, f"{page}/shared")


# ------------------------------------------------------------------ introductions


@recipe("introductions.introduce")
def a_student_introduced(scene):
    page = f"/students/{scene.world.student.id}/introduce"
    return filled(scene.guide, page, page, name="Dr Nia Okafor", purpose="statistics for your audit")


def settling(scene, client, what):
    row = introduced(scene.session, scene.world)
    scene.session.commit()
    return lambda: client.post(f"/introductions/{row.id}/{what}")


@recipe("introductions.met")
def the_two_met(scene):
    return settling(scene, scene.student, "met")


@recipe("introductions.not_needed")
def an_introduction_that_is_not_needed(scene):
    return settling(scene, scene.student, "not-needed")


@recipe("introductions.take_back")
def an_introduction_taken_back(scene):
    return settling(scene, scene.guide, "take-back")


# ------------------------------------------------------------------ meetings


SOON = {"day": (utcnow() + timedelta(days=3)).date().isoformat(), "clock": "16:30", "timezone": "Europe/Stockholm"}


@recipe("meetings.propose")
def a_meeting_proposed(scene):
    scene.world.track.template = "clinical"
    return filled(scene.guide, "/meetings/new", "/meetings/new", **SOON, domains="career", place="Room 12")


@recipe("meetings.note_held")
def a_meeting_that_nobody_planned(scene):
    scene.world.track.template = "clinical"
    past = SOON | {"day": (utcnow() - timedelta(days=3)).date().isoformat()}
    return filled(scene.guide, "/meetings/held", "/meetings/held", **past, domains="career", place="Room 12")


def of_a_meeting(scene, client, make, what, **form):
    now = utcnow()
    row = make(scene.session, scene.world, starts_at=now + timedelta(days=2), now=now)
    scene.session.commit()
    page = f"/meetings/{row.id}"
    asks = f"{page}/{what}" if what in {"move", "cancel"} else page
    return filled(client, asks, f"{page}/{what}", **form)


def of_one_that_began(scene, what):
    now = utcnow()
    row = agreed(scene.session, scene.world, starts_at=now - timedelta(hours=2), now=now - timedelta(days=1))
    scene.session.commit()
    return filled(scene.guide, f"/meetings/{row.id}", f"/meetings/{row.id}/{what}")


@recipe("meetings.agree")
def a_meeting_agreed(scene):
    return of_a_meeting(scene, scene.student, proposed, "agree")


@recipe("meetings.move")
def another_time_for_a_meeting(scene):
    return of_a_meeting(scene, scene.student, agreed, "move", **SOON)


@recipe("meetings.cancel")
def a_meeting_called_off(scene):
    return of_a_meeting(scene, scene.student, agreed, "cancel")


@recipe("meetings.note")
def a_private_note(scene):
    return of_a_meeting(scene, scene.student, agreed, "note", text="Begin with what worries me.")


@recipe("meetings.met")
def a_meeting_held(scene):
    return of_one_that_began(scene, "met")


@recipe("meetings.missed")
def a_meeting_that_did_not_take_place(scene):
    return of_one_that_began(scene, "missed")


# ------------------------------------------------------------------ the track


@recipe("tracks.choose")
def another_track_opened(scene):
    other = track(scene.session, scene.world.context)
    client = scene.faculty
    return lambda: client.post("/track/choose", {"track_id": other.id, "opens": scene.world.track.id})


@recipe("tracks.new")
def a_track_from_a_template(scene):
    page = "/track/new?template=clinical"
    return filled(scene.faculty, page, "/track/new")


@recipe("tracks.settings")
def what_a_track_is_called(scene):
    return filled(scene.faculty, "/track/settings", "/track/settings", title="Another name")


@recipe("tracks.grading")
def how_the_grade_is_formed(scene):
    return filled(scene.faculty, "/track/grade", "/track/grade", points="50")


@recipe("matching_policies.edit")
def another_way_to_come_together(scene):
    return filled(scene.faculty, "/track/matching", "/track/matching", way="requests", reply_days="5")


@recipe("tracks.certificate")
def what_the_certificate_says(scene):
    return filled(scene.faculty, "/track/certificate", "/track/certificate", sentence="has walked the whole way.")


@recipe("tracks.publishing")
def publishing(scene):
    scene.draft()
    return filled(scene.faculty, "/track/publish", "/track/publish")


@recipe("tracks.closing")
def closing(scene):
    return filled(scene.faculty, "/track/close", "/track/close")


@recipe("tracks.new_milestone")
def one_more_milestone(scene):
    return filled(scene.faculty, "/track/milestones/new", "/track/milestones/new", title="A talk on the ward")


@recipe("tracks.milestone")
def a_milestone_changed(scene):
    page = f"/track/milestones/{scene.milestone.id}"
    return filled(scene.faculty, page, page, title="Another title")


@recipe("tracks.milestone_move")
def a_milestone_moved(scene):
    client, stage = scene.faculty, scene.milestone.stage_id
    values = {"index": 1, "stage": stage, "version": scene.world.track.version}
    return lambda: client.post(f"/track/milestones/{scene.milestone.id}/move", values)


@recipe("tracks.milestone_remove")
def a_milestone_taken_out(scene):
    page = f"/track/milestones/{scene.milestone.id}/remove"
    return filled(scene.faculty, page, page)


@recipe("tracks.stages")
def one_more_stage(scene):
    return filled(scene.faculty, "/track/stages", "/track/stages", title="The end")


@recipe("tracks.stage")
def a_stage_called_otherwise(scene):
    page = f"/track/stages/{scene.milestone.stage_id}"
    return filled(scene.faculty, page, page, title="Another beginning")


@recipe("tracks.stage_move")
def a_stage_moved(scene):
    filled(scene.faculty, "/track/stages", "/track/stages", title="The end")()
    scene.session.expire_all()
    client, stages = scene.faculty, scene.world.track.stages
    values = {"index": 0, "version": scene.world.track.version}
    return lambda: client.post(f"/track/stages/{stages[-1].id}/move", values)


@recipe("tracks.stage_remove")
def a_stage_removed(scene):
    client = scene.faculty
    values = {"version": scene.world.track.version}
    return lambda: client.post(f"/track/stages/{scene.milestone.stage_id}/remove", values)


def from_before(scene):
    """Make a neighbour of the course in which the same person is faculty; return its track."""
    before = World(scene.session, inside=scene.world.deployment)
    membership(scene.session, before.context, scene.world.faculty, is_student=False, is_faculty=True)
    return before


@recipe("copying.copy")
def a_setup_copied(scene):
    there = f"/track/copy/{from_before(scene).track.id}"
    return filled(scene.faculty, there, there)


@recipe("copying.decline")
def a_setup_declined(scene):
    scene.world.context.history = [from_before(scene).context.context_id]
    client = scene.faculty
    return lambda: client.post("/track/copy/decline")


# ------------------------------------------------------------------ mentors


@recipe("mentors.read_list")
def the_course_list(scene):
    client = scene.faculty
    return lambda: client.post("/mentors/roster")


@recipe("mentors.tick_people")
def somebody_ticked(scene):
    other = scene.world.another_student(name="Dr Chen Wei")
    return filled(scene.faculty, "/mentors/people", "/mentors/people", people=str(other.id), places="3")


@recipe("mentors.change")
def more_places(scene):
    page = f"/mentors/{scene.world.mentor.id}"
    return filled(scene.faculty, page, page, places="7")


@recipe("mentors.untick_one")
def no_mentor_any_more(scene):
    other = mentor(scene.session, scene.world.track, person(scene.session, scene.world.institution))
    client = scene.faculty
    return lambda: client.post(f"/mentors/{other.id}/untick")


@recipe("assigning.assign_one")
def a_mentor_for_one(scene):
    other, client = scene.world.another_student(), scene.faculty
    return lambda: client.post(f"/students/{other.id}/mentor", {"mentor": scene.world.mentor.id})


@recipe("assigning.move")
def another_mentor(scene):
    other = mentor(scene.session, scene.world.track, person(scene.session, scene.world.institution))
    client = scene.faculty
    values = {"mentor": other.id, "reason": "She moves to another ward."}
    return lambda: client.post(f"/mentorships/{scene.world.mentorship.id}/move", values)


@recipe("assigning.end_one")
def an_early_end(scene):
    client = scene.faculty
    return lambda: client.post(f"/mentorships/{scene.world.mentorship.id}/end", {"reason": "She pauses her studies."})


@recipe("leavers.part")
def a_mentor_who_goes(scene):
    page = f"/mentors/{scene.world.mentor.id}/leaving"
    return filled(scene.faculty, page, page, reason="She moves to another hospital.")


@recipe("leavers.free_places")
def a_student_who_left(scene):
    member = scene.session.scalars(select(Membership).where(Membership.person_id == scene.world.student.id)).one()
    member.status = MembershipStatus.LEFT
    scene.session.commit()
    return filled(scene.faculty, "/leavers", "/leavers/students")


@recipe("rounds.make")
def a_round_drawn_up(scene):
    scene.world.another_student()
    return filled(scene.faculty, "/rounds/new", "/rounds")


@recipe("hand_groups.write")
def groups_by_hand(scene):
    pair = [scene.world.another_student() for _ in range(2)]
    text = "Team A: " + "; ".join(one.subject for one in pair)
    return filled(scene.faculty, "/rounds/groups", "/rounds/groups", groups=text)


def a_draft_round(scene):
    waits = scene.world.another_student()
    return drawn(scene.world), waits


@recipe("rounds.again")
def a_round_drawn_up_again(scene):
    made, _waits = a_draft_round(scene)
    return filled(scene.faculty, f"/rounds/{made.id}", f"/rounds/{made.id}/again")


@recipe("rounds.throw_away")
def a_draft_discarded(scene):
    made, _waits = a_draft_round(scene)
    return filled(scene.faculty, f"/rounds/{made.id}", f"/rounds/{made.id}/discard")


@recipe("fairness.queue")
def a_round_checked_again(scene):
    (made, _waits), client = a_draft_round(scene), scene.faculty
    return lambda: client.post(f"/rounds/{made.id}/check")


@recipe("rounds.make_public")
def a_round_published(scene):
    made, _waits = a_draft_round(scene)
    return filled(scene.faculty, f"/rounds/{made.id}", f"/rounds/{made.id}/publish")


@recipe("rounds.undo")
def a_round_taken_back(scene):
    made, _waits = a_draft_round(scene)
    publish(scene.session, scene.by(SeatRole.FACULTY), made.id, now=utcnow())
    return filled(scene.faculty, f"/rounds/{made.id}", f"/rounds/{made.id}/take-back")


@recipe("round_changes.make")
def a_change_by_hand(scene):
    made, waits = a_draft_round(scene)
    page = f"/rounds/{made.id}/students/{waits.id}"
    return filled(scene.faculty, f"{page}?mentor=0", page, mentor="0", reason="She left the programme.")


@recipe("round_changes.undo")
def a_change_by_hand_taken_back(scene):
    made, waits = a_draft_round(scene)
    swap = Swap(waits.id, None, "She left the programme.")
    one = change(scene.session, scene.by(SeatRole.FACULTY), made.id, swap, now=NOON)
    return filled(scene.faculty, f"/rounds/{made.id}", f"/rounds/{made.id}/changes/{one.id}/undo")


@recipe("assigning.read_upload")
def a_list_to_look_at(scene):
    scene.world.another_student(name="Zoë Okafor", email="zoe@example.org")
    client = scene.faculty
    sheet = f"student,mentor\nzoe@example.org,{scene.world.guide.email}\n".encode()
    return lambda: client.post("/mentors/upload", {"file": (io.BytesIO(sheet), "list.csv")}, content_type=MULTIPART)


@recipe("assigning.place")
def everybody_placed(scene):
    scene.world.another_student()
    return filled(scene.faculty, "/mentors/automatic", "/mentors/place")


# ------------------------------------------------------------------ profiles and applications

SAID = {
    "profession": "general.teaching", "career": "early", "domains": "practice", "languages": "en",
    "timezone": "Europe/Stockholm", "works": "both", "style_pace": "one", "style_lead": "one", "style_answers": "both",
    "style_plan": "other",
}  # fmt: skip


@recipe("profiles.save")
def a_whole_profile(scene):
    client = scene.guide
    return lambda: client.post("/profile", SAID)


@recipe("profiles.save_step")
def a_part_of_a_profile(scene):
    client = scene.guide
    return lambda: client.post("/profile/work", SAID)


@recipe("mentor_pages.choose")
def what_strangers_see_chosen(scene):
    client = scene.guide
    return lambda: client.post("/profile/public", {"public": ["work", "checked"]})


@recipe("mentor_pages.turn_on")
def a_public_page_shared(scene):
    client = scene.guide
    return lambda: client.post("/profile/public/share")


@recipe("mentor_pages.change_address")
def a_public_page_with_another_link(scene):
    mentor_pages.share(scene.session, scene.by(SeatRole.MENTOR), now=NOON)
    client = scene.guide
    return lambda: client.post("/profile/public/renew")


@recipe("mentor_pages.turn_off")
def a_public_page_turned_off(scene):
    mentor_pages.share(scene.session, scene.by(SeatRole.MENTOR), now=NOON)
    client = scene.guide
    return lambda: client.post("/profile/public/stop")


@recipe("levels.say_level")
def a_mentor_called_trained(scene):
    page, client = f"/mentors/{scene.world.mentor.id}/level/trained", scene.faculty
    return lambda: client.post(page)


@recipe("levels.say_level")
def a_lead_mentor_named(scene):
    levels.confirm_training(scene.session, scene.by(SeatRole.FACULTY), scene.world.mentor.id, now=NOON)
    page, client = f"/mentors/{scene.world.mentor.id}/level/lead", scene.faculty
    return lambda: client.post(page)


@recipe("tracks.mentoring")
def a_track_opened_to_applications(scene):
    return filled(scene.faculty, "/track/mentors", "/track/mentors", applications_open="y")


@recipe("mentor_roles.save")
def a_second_role(scene):
    return filled(
        scene.faculty, "/track/roles", "/track/roles", **{"name-0": "Clinical mentor", "new": "Research mentor"}
    )


@recipe("applications.begin")
def an_application_begun(scene):
    scene.world.track.applications_open = True
    client = scene.student
    return lambda: client.post("/apply")


@recipe("applications.send")
def an_application_sent(scene):
    an_application_taken_back(scene)
    by = scene.by(SeatRole.STUDENT)
    withdraw_application(scene.session, by, scene.world.track, now=NOON)
    begin_application(scene.session, by, scene.world.track, now=NOON)
    return filled(scene.student, "/apply", "/apply/send", words="I was one myself.", places="2")


@recipe("applications.withdraw")
def an_application_taken_back(scene):
    application(scene.session, scene.world, scene.world.student)
    client = scene.student
    return lambda: client.post("/apply/withdraw")


@recipe("applications.accept")
def an_applicant_accepted(scene):
    made = application(scene.session, scene.world, scene.world.another_student())
    page = f"/mentors/applications/{made.id}"
    return filled(scene.faculty, page, f"{page}/accept", places="3")


@recipe("applications.decline")
def an_applicant_declined(scene):
    made = application(scene.session, scene.world, scene.world.another_student())
    page = f"/mentors/applications/{made.id}"
    return filled(scene.faculty, page, f"{page}/decline", reason="The places are for seniors.")


@recipe("credentials.declare")
def a_licence_declared(scene):
    said = {"kind": "licence", "title": "Licence", "register": "uk_gmc", "number": "7012345"}
    client = scene.guide
    checked_here(scene.world)
    return lambda: client.post("/profile/credentials", said)


def a_licence(scene):
    scene.world.track.faculty_verify = True
    return credential(scene.app, scene.session, scene.world)


@recipe("credentials.choose")
def who_checks_chosen(scene):
    client = scene.administrator
    return lambda: client.post("/credentials/checkers", {"checkers": "office"})


@recipe("credentials.show_document")
def a_document_shown(scene):
    page, client = f"/profile/credentials/{a_licence(scene).id}/document", scene.guide
    return lambda: client.post(page, {"file": (io.BytesIO(PDF), "licence.pdf")}, content_type=MULTIPART)


@recipe("credentials.remove")
def a_licence_removed(scene):
    page, client = f"/profile/credentials/{a_licence(scene).id}/remove", scene.guide
    return lambda: client.post(page)


@recipe("credentials.look_up")
def a_licence_looked_up(scene):
    page, client = f"/credentials/{a_licence(scene).id}/look-up", scene.faculty
    return lambda: client.post(page, {"look-words": "Listed."})


@recipe("credentials.verify")
def a_licence_verified(scene):
    page, client = f"/credentials/{a_licence(scene).id}/verify", scene.faculty
    return lambda: client.post(
        page, {"verify-method": "register", "verify-until": "2090-01-01", "verify-since": "2009"}
    )


@recipe("credentials.revoke")
def a_licence_withdrawn(scene):
    page, client = f"/credentials/{a_licence(scene).id}/revoke", scene.faculty
    return lambda: client.post(page, {"revoke-reason": "It was a forgery."})


def held_list(scene):
    return add(
        scene.session,
        Job(
            institution_id=scene.world.institution.id,
            context_ref=scene.world.context.id,
            kind=JobKind.ROSTER,
            state=JobState.HELD,
            detail={"gone": [scene.world.student.id]},
            created_at=NOON,
        ),
    )


@recipe("jobs.confirm")
def a_held_list_believed(scene):
    job, client = held_list(scene), scene.faculty
    return lambda: client.post(f"/jobs/{job.id}/confirm")


@recipe("jobs.dismiss")
def a_held_list_not_believed(scene):
    job, client = held_list(scene), scene.faculty
    return lambda: client.post(f"/jobs/{job.id}/dismiss")


# ------------------------------------------------------------------ milestones and forms


@recipe("milestones.save")
def a_draft(scene):
    client = scene.student
    return lambda: client.post(f"/milestones/{scene.milestone.id}/draft", {"text": "Half a thought"})


@recipe("milestones.send")
def evidence_sent(scene):
    page = f"/milestones/{scene.milestone.id}"
    return filled(scene.student, page, f"{page}/evidence", text="What I saw, and what I would do otherwise.")


@recipe("milestones.withdraw")
def evidence_withdrawn(scene):
    sent, client = scene.sent(), scene.student
    return lambda: client.post(f"/milestones/{scene.milestone.id}/evidence/{sent.id}/withdraw")


@recipe("milestones.appeal")
def an_appeal(scene):
    scene.returned()
    page = f"/milestones/{scene.milestone.id}"
    return filled(scene.student, page, f"{page}/appeal", appeal__words="I did describe the second visit, on page two.")


@recipe("decisions.answer")
def signed_off(scene):
    scene.sent()
    return filled(scene.guide, scene.here(), scene.here("/answer"), decision="accept", answer__words="Well seen.")


@recipe("decisions.answer")
def sent_back(scene):
    scene.sent()
    words = "Please say more about the second visit."
    return filled(scene.guide, scene.here(), scene.here("/answer"), decision="return", answer__words=words)


@recipe("decisions.extend")
def more_time(scene):
    later = (date.today() + timedelta(days=20)).isoformat()  # noqa: DTZ011  # any day ahead will do
    return filled(
        scene.faculty,
        scene.here(),
        scene.here("/extend"),
        extend__due_on=later,
        extend__words="She was ill for a week.",
    )


@recipe("decisions.excuse")
def excused(scene):
    return filled(
        scene.faculty, scene.here(), scene.here("/excuse"), excuse__words="She did the same in her first degree."
    )


@recipe("decisions.lift")
def asked_for_after_all(scene):
    excused(scene)()
    return filled(scene.faculty, scene.here(), scene.here("/lift"), lift__words="The certificate was another's.")


@recipe("decisions.reopen")
def opened_again(scene):
    signed_off(scene)()
    return filled(scene.faculty, scene.here(), scene.here("/reopen"), reopen__words="The wrong file was signed off.")


@recipe("decisions.appeal")
def an_appeal_granted(scene):
    an_appeal(scene)()
    words = "The second visit is described on page two."
    return filled(scene.faculty, scene.here(), scene.here("/appeal"), decision="grant", appeal__words=words)


def shown_by_a_form(scene):
    (form, *_more) = ensure_instruments(scene.session, scene.world.institution.id, now=NOON)
    scene.milestone.proof, scene.milestone.instrument_id = Proof.ASSESSMENT, form.id


ANSWERS = {"item_entrustment": "3", "item_better": "Wash your hands before you greet the patient."}


@recipe("assessments.save")
def a_form_half_filled(scene):
    shown_by_a_form(scene)
    client = scene.guide
    return lambda: client.post(scene.here("/assessment/draft"), ANSWERS)


@recipe("assessments.send")
def a_form_sent(scene):
    shown_by_a_form(scene)
    return filled(scene.guide, scene.here("/assessment"), scene.here("/assessment"), **ANSWERS, reached="yes")


# ------------------------------------------------------------------ tests


RULES = {"title": "Hygiene", "audience": "students", "pass_percent": 60, "answers": "each"}


def a_test(scene, **columns):
    return exam(scene.session, scene.world.track, **columns)


def first_item(scene, test):
    return scene.session.scalars(select(Item.id).where(Item.test_id == test.id).order_by(Item.position)).first()


@recipe("tests.new")
def a_test_made(scene):
    client = scene.faculty
    return lambda: client.post("/track/tests/new", RULES)


@recipe("tests.rules")
def a_test_changed(scene):
    url, client = f"/track/tests/{a_test(scene).id}/rules", scene.faculty
    return lambda: client.post(url, {**RULES, "version": 1})


@recipe("tests.publish")
def a_test_published(scene):
    url, client = f"/track/tests/{a_test(scene, state='draft').id}/publish", scene.faculty
    return lambda: client.post(url)


@recipe("tests.close")
def a_test_closed(scene):
    test = a_test(scene)
    begin(scene.session, scene.by(SeatRole.STUDENT), test.id, now=utcnow())
    client = scene.faculty
    return lambda: client.post(f"/track/tests/{test.id}/close")


@recipe("tests.mentors")
def a_test_asked_of_mentors(scene):
    test, client = a_test(scene, audience="mentors"), scene.faculty
    return lambda: client.post("/track/tests/mentors", {"test": test.id})


@recipe("tests.students")
def a_test_asked_of_students(scene):
    test, client = a_test(scene), scene.faculty
    return lambda: client.post("/track/tests/students", {"test": test.id})


@recipe("tests.new_item")
def a_question_written(scene):
    url, client = f"/track/tests/{a_test(scene).id}/items/new?kind=truth", scene.faculty
    return lambda: client.post(url, {"stem": "Is it so?", "points": 1, "truth": "yes", "version": 1})


@recipe("tests.item")
def a_question_changed(scene):
    test = a_test(scene)
    url, client = f"/track/tests/{test.id}/items/{first_item(scene, test)}", scene.faculty
    sent = {"choices-0": "Aspirin", "choices-1": "Heparin", "ticked": "b", "stem": "Which?", "points": 1, "version": 1}
    return lambda: client.post(url, sent)


@recipe("tests.item_move")
def a_question_moved(scene):
    test = a_test(scene)
    url, client = f"/track/tests/{test.id}/items/{first_item(scene, test)}/move", scene.faculty
    return lambda: client.post(url, {"index": 1})


@recipe("tests.item_remove")
def a_question_taken_out(scene):
    test = a_test(scene)
    url, client = f"/track/tests/{test.id}/items/{first_item(scene, test)}/remove", scene.faculty
    return lambda: client.post(url)


@recipe("attempts.begin")
def a_test_begun(scene):
    url, client = f"/tests/{a_test(scene).id}/begin", scene.student
    return lambda: client.post(url)


def an_attempt(scene):
    """Let the student be in the middle of a test; return the address."""
    test = a_test(scene)
    attempt = begin(scene.session, scene.by(SeatRole.STUDENT), test.id, now=utcnow())
    return f"/tests/{test.id}/attempts/{attempt.id}"


@recipe("attempts.save")
def a_test_half_answered(scene):
    url, client = an_attempt(scene), scene.student
    return lambda: client.post(f"{url}/draft", {"no": "answer"})


@recipe("attempts.send")
def a_test_sent(scene):
    url, client = an_attempt(scene), scene.student
    return lambda: client.post(url, {"no": "answer"})


# ------------------------------------------------------------------ grades and certificates


@recipe("grades.again")
def a_grade_sent_again(scene):
    shared = {"institution_id": scene.world.institution.id, "track_id": scene.world.track.id}
    column = add(scene.session, LineItem(**shared, label="Mentoring", maximum=100))
    score = add(
        scene.session,
        Score(
            **shared, line_item_id=column.id, person_id=scene.world.student.id, wanted=50, maximum=100, due_at=NOON,
            state=ScoreState.HELD, held_reason=HeldReason.REFUSED,
        ),
    )  # fmt: skip
    client = scene.faculty
    return lambda: client.post(f"/grades/{score.id}/again")


@recipe("mentor_badges.take")
def a_mentor_s_badge(scene):
    trained_here(scene.world)
    client = scene.guide
    return lambda: client.post("/profile/badges")


@recipe("mentor_badges.choose")
def what_strangers_see_of_a_badge(scene):
    badge(scene.world, desk(scene.app.extensions["settings"]))
    client = scene.guide
    return lambda: client.post("/profile/badges/trained/shown", {"trained-shows": "name"})


@recipe("awards.give")
def a_certificate(scene):
    earn(scene.world)
    client = scene.faculty
    return lambda: client.post("/certificates", {"people": str(scene.world.student.id)})


@recipe("awards.give")
def several_certificates(scene):
    people = [earn(scene.world), earn(scene.world, scene.world.another_student())]
    client = scene.faculty
    return lambda: client.post("/certificates", {"people": ",".join(str(one.id) for one in people)})


def issued_here(scene):
    return issued(scene.world, desk(scene.app.extensions["settings"]))


@recipe("awards.choose")
def what_strangers_see(scene):
    issued_here(scene)
    client = scene.student
    return lambda: client.post("/certificate/shown", {"shows": "name"})


@recipe("awards.withdraw")
def a_certificate_withdrawn(scene):
    page = f"/certificates/{issued_here(scene).id}/withdraw"
    return filled(scene.faculty, page, page, reason="The reflections were another student's.")


@recipe("verify.judge")
def a_file_to_check(scene):
    award = issued_here(scene)
    scene.session.commit()
    document, client = json.dumps(award.document).encode(), scene.app.test_client()
    return lambda: client.post(
        "/verify", data={"certificate": (io.BytesIO(document), "c.json")}, base_url=BASE, content_type=MULTIPART
    )

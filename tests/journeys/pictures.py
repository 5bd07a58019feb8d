"""Write docs/images/: every page of the seeded demonstration, as wide as a phone and as a frame in an LMS.

    make pictures                                     # all of them
    make pictures ARGS="student faculty-board"        # those whose names begin so

Not a test: it is run when pages changed, and its pictures are looked at.
"""

import io
import os
import sys
import tempfile
from pathlib import Path

from fakes.lms_server import LmsServer
from fixtures.browser import FLAGS
from fixtures.databases import SQLiteCopies
from fixtures.left_out import chromium_path
from PIL import Image
from playwright.sync_api import sync_playwright
from sweeps.seeded import DEEP_LINKING, FIRST, LATECOMER, seeded_course

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE
from lti_mentoring.commands.demo_roles import tell_of_two_roles
from lti_mentoring.demo.people import MENTORS
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.meetings import MeetingState
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Attempt, Milestone

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTHS = {360: 740, 700: 450}
TALLEST = 2000
AGREED, HELD, PROPOSED = MeetingState.AGREED, MeetingState.HELD, MeetingState.PROPOSED
COLOURS = 96
STUDENT, MENTOR, FACULTY, ADMINISTRATOR = (
    SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.ADMINISTRATOR,
)  # fmt: skip


def pictures(course, lms):
    """Return name → (role, whose, columns of the seat, address); ``lms``: a platform that answers."""
    student, mentor = course.numbers(STUDENT), course.numbers(MENTOR)
    faculty, office = course.numbers(FACULTY), course.numbers(ADMINISTRATOR)
    returned = course.progress("student-20", ProgressState.RETURNED)
    appealed = course.progress("student-09", ProgressState.APPEALED)
    sent = course.progress("student-05", ProgressState.SUBMITTED)
    tested = course.a(Attempt, Attempt.person_id == course.number("student-20"))
    draft = {"resource_link_ref": course.draft.id}
    talk = course.a(Milestone, Milestone.proof == Proof.MEETING)
    module = course.a(Milestone, Milestone.proof == Proof.ACTIVITY)
    withdrawn = next(one for one in course.awards if one.revoked_at is not None)
    return {
        "student-home": (STUDENT, "student-20", {}, "/"),
        "student-home-first-day": (STUDENT, FIRST, {}, "/"),
        "student-home-two-mentors": (STUDENT, "student-04", course.second, "/"),
        "student-directory-roles": (STUDENT, "student-04", course.second, "/directory"),
        "faculty-board-two-roles": (FACULTY, "", course.second, "/?show=all"),
        "student-home-no-mentor": (STUDENT, LATECOMER, {}, "/"),
        "student-wishes": (STUDENT, LATECOMER, {}, "/wishes"),
        "student-seeking": (STUDENT, LATECOMER, {}, "/looking-for"),
        "student-confidential": (STUDENT, "student-20", {}, "/concerns/new"),
        "student-confidential-mine": (STUDENT, "student-20", {}, "/concerns/mine"),
        "student-confidential-one": (STUDENT, "student-20", {}, f"/concerns/mine/{course.concern()}"),
        "reader-confidential": (ADMINISTRATOR, "", {}, "/concerns"),
        "reader-confidential-one": (ADMINISTRATOR, "", {}, f"/concerns/{course.concern()}"),
        "student-goals": (STUDENT, "student-20", {}, "/goals"),
        "student-goals-first": (STUDENT, FIRST, {}, "/goals"),
        "student-goal-new": (STUDENT, "student-20", {}, "/goals/new"),
        "student-goal": (STUDENT, "student-02", {}, f"/goals/{student['goal_id']}"),
        "student-goal-edit": (STUDENT, "student-02", {}, f"/goals/{student['goal_id']}/edit"),
        "student-network": (STUDENT, "student-20", {}, "/my-network"),
        "student-asking": (STUDENT, LATECOMER, {}, "/asking"),
        "student-conflicts": (STUDENT, LATECOMER, {}, "/conflicts"),
        "student-home-finished": (STUDENT, "student-02", {}, "/"),
        "student-why": (STUDENT, "student-20", {}, "/my-mentor/why"),
        "student-choose-again": (STUDENT, "student-20", {}, "/would-choose-again"),
        "student-path": (STUDENT, "student-20", {}, "/path"),
        "student-milestone-open": (STUDENT, FIRST, {}, f"/milestones/{student['own_milestone']}"),
        "student-milestone-returned": (STUDENT, "student-20", {}, f"/milestones/{returned.milestone_id}"),
        "student-milestone-accepted": (STUDENT, "student-02", {}, f"/milestones/{student['own_milestone']}"),
        "student-home-meeting": (STUDENT, "student-18", {}, "/"),
        "student-milestone-meeting": (STUDENT, "student-18", {}, f"/milestones/{talk}"),
        "student-milestone-met": (STUDENT, "student-19", {}, f"/milestones/{talk}"),
        "student-milestone-activity": (STUDENT, "student-02", course.second, f"/milestones/{module}"),
        "student-milestone-activity-said": (STUDENT, "student-17", course.second, f"/milestones/{module}"),
        "student-meeting-new": (STUDENT, "student-18", {}, f"/meetings/new?milestone={talk}"),
        "student-meeting-noted": (STUDENT, "student-18", {}, f"/meetings/held?milestone={talk}"),
        "student-evidence-withdraw": (
            STUDENT, "student-05", {}, f"/milestones/{sent.milestone_id}/evidence/{sent.evidence[-1].id}/withdraw",
        ),
        "student-certificate": (STUDENT, "student-02", {}, "/certificate"),
        "student-certificate-not-yet": (STUDENT, "student-20", {}, "/certificate"),
        "student-assessment": (STUDENT, "student-02", {}, f"/assessments/{student['assessment_id']}"),
        "student-tests": (STUDENT, "student-20", {}, "/tests"),
        "student-test": (STUDENT, "student-20", {}, f"/tests/{student['test_id']}"),
        "student-test-questions": (
            STUDENT, "student-02", {}, f"/tests/{student['test_id']}/attempts/{student['attempt_id']}",
        ),
        "student-test-result": (STUDENT, "student-20", {}, f"/tests/{student['test_id']}/attempts/{tested}"),
        "mentor-training": (MENTOR, "", {}, f"/tests/{mentor['test_id']}"),
        "mentor-home": (MENTOR, "", {}, "/"),
        "mentor-request": (MENTOR, "", {}, f"/requests/{mentor['request_id']}"),
        "mentor-choices": (MENTOR, "", {}, "/my-choices"),
        "mentor-students": (MENTOR, "", {}, "/my-students"),
        "mentor-student": (MENTOR, "", {}, f"/students/{mentor['student_id']}"),
        "mentor-student-goals": (MENTOR, "", {}, f"/students/{course.number('student-05')}"),
        "mentor-milestone-meeting": (
            MENTOR, "", {}, f"/students/{course.number('student-18')}/milestones/{talk}",
        ),
        "faculty-milestone-met": (FACULTY, "", {}, f"/students/{course.number('student-19')}/milestones/{talk}"),
        "faculty-milestone-activity": (
            FACULTY, "", course.second, f"/students/{course.number('student-17')}/milestones/{module}",
        ),
        "mentor-milestone": (
            MENTOR, "", {}, f"/students/{mentor['student_id']}/milestones/{mentor['milestone_id']}",
        ),
        "student-meetings": (STUDENT, "student-02", {}, "/meetings"),
        "student-meeting-to-answer": (STUDENT, "student-02", {}, f"/meetings/{course.meeting(STUDENT, PROPOSED)}"),
        "student-meeting": (STUDENT, "student-02", {}, f"/meetings/{student['meeting_id']}"),
        "student-meeting-held": (STUDENT, "student-02", {}, f"/meetings/{course.meeting(STUDENT, HELD, coming=False)}"),
        "mentor-meetings": (MENTOR, "", {}, "/meetings"),
        "mentor-meeting-new": (MENTOR, "", {}, "/meetings/new"),
        "mentor-meeting-to-note": (MENTOR, "", {}, f"/meetings/{course.meeting(MENTOR, AGREED, coming=False)}"),
        "mentor-meeting-move": (MENTOR, "", {}, f"/meetings/{mentor['meeting_id']}/move"),
        "mentor-meeting-cancel": (MENTOR, "", {}, f"/meetings/{mentor['meeting_id']}/cancel"),
        "mentor-introductions": (MENTOR, MENTORS[2].sub, {}, "/my-introductions"),
        "mentor-introduce": (MENTOR, MENTORS[2].sub, {}, f"/students/{course.number('student-20')}/introduce"),
        "mentor-profile": (MENTOR, "", {}, "/profile"),
        "mentor-quiet-hours": (MENTOR, "", {}, "/quiet-hours"),
        "mentor-badge-to-take": (MENTOR, MENTORS[1].sub, {}, "/profile/badges"),
        "mentor-badges": (MENTOR, "", {}, "/profile/badges"),
        "mentor-profile-step": (MENTOR, "", {}, "/profile/times"),
        "mentor-credentials": (MENTOR, "", {}, "/profile/credentials"),
        "faculty-credentials": (FACULTY, "", {}, "/credentials"),
        "faculty-credential": (FACULTY, "", {}, f"/credentials/{faculty['credential_id']}"),
        "student-directory": (STUDENT, "student-20", {}, "/directory"),
        "student-directory-again": (STUDENT, "student-01", {}, f"/directory/{mentor['mentor_id']}"),
        "student-directory-mentor": (STUDENT, LATECOMER, {}, f"/directory/{mentor['mentor_id']}"),
        "apply": (STUDENT, "student-20", {}, "/apply"),
        "apply-sent": (STUDENT, "student-26", {}, "/apply"),
        "faculty-applications": (FACULTY, "", {}, "/mentors/applications"),
        "faculty-application": (FACULTY, "", {}, f"/mentors/applications/{faculty['application_id']}"),
        "faculty-demand": (FACULTY, "", {}, "/mentors/demand"),
        "faculty-domains": (FACULTY, "", {}, "/mentors/domains"),
        "faculty-track-mentors": (FACULTY, "", {}, "/track/mentors"),
        "faculty-track-roles": (FACULTY, "", {}, "/track/roles"),
        "mentor-assessment": (
            MENTOR, "", {}, f"/students/{mentor['unformed_student']}/milestones/{mentor['formed']}/assessment",
        ),
        "faculty-board": (FACULTY, "", {}, "/"),
        "faculty-board-section": (FACULTY, "", {}, f"/?show=all&group={course.section.id}"),
        "faculty-student": (FACULTY, "", {}, f"/students/{faculty['student_id']}"),
        "faculty-appeal": (FACULTY, "", {}, f"/students/{appealed.student_id}/milestones/{appealed.milestone_id}"),
        "faculty-mentors": (FACULTY, "", {}, "/mentors"),
        "faculty-mentor": (FACULTY, "", {}, f"/mentors/{faculty['mentor_id']}"),
        "faculty-conflicts": (FACULTY, "", {}, "/conflicts?q=a"),
        "faculty-waiting": (FACULTY, "", {}, "/waiting"),
        "faculty-place": (FACULTY, "", {}, f"/students/{faculty['waiting_student']}/mentor"),
        "faculty-move": (FACULTY, "", {}, f"/mentorships/{faculty['mentorship_id']}/move"),
        "faculty-leavers": (FACULTY, "", {}, "/leavers"),
        "faculty-mentor-leaving": (FACULTY, "", {}, f"/mentors/{faculty['mentor_id']}/leaving"),
        "faculty-mentors-tick": (FACULTY, "", {}, "/mentors/people"),
        "faculty-mentors-automatic": (FACULTY, "", {}, "/mentors/automatic"),
        "faculty-rounds": (FACULTY, "", {}, "/rounds"),
        "faculty-round-new": (FACULTY, "", {}, "/rounds/new"),
        "faculty-round": (FACULTY, "", {}, f"/rounds/{faculty['round_id']}?show=not_first"),
        "faculty-round-change": (
            FACULTY, "", {}, f"/rounds/{faculty['round_id']}/students/{faculty['waiting_student']}",
        ),
        "faculty-round-mentors": (
            FACULTY, "", {}, f"/rounds/{faculty['round_id']}/students/{faculty['waiting_student']}/mentors",
        ),
        "faculty-round-groups": (FACULTY, "", {}, "/rounds/groups"),
        "faculty-round-published": (FACULTY, "", {}, f"/rounds/{faculty['published_round']}"),
        "faculty-round-fairness": (FACULTY, "", {}, f"/rounds/{faculty['published_round']}/fairness"),
        "faculty-round-check": (FACULTY, "", {}, f"/rounds/{faculty['published_round']}/check"),
        "mentor-why": (MENTOR, "", {}, "/my-students/why"),
        "faculty-mentors-upload": (FACULTY, "", {}, "/mentors/upload"),
        "faculty-grades": (FACULTY, "", {}, "/grades"),
        "faculty-certificates": (FACULTY, "", {}, "/certificates"),
        "faculty-certificates-issued": (FACULTY, "", {}, "/certificates?show=issued"),
        "faculty-certificate-withdraw": (FACULTY, "", {}, f"/certificates/{faculty['award_id']}/withdraw"),
        "faculty-track-choose": (FACULTY, "", {"resource_link_ref": course.unbound.id}, "/track"),
        "faculty-track-choice": (FACULTY, "", {}, "/track/choose"),
        "faculty-copy": (FACULTY, "", {"resource_link_ref": course.unbound.id}, f"/track/copy/{faculty['source_id']}"),
        "faculty-track-new": (FACULTY, "", {}, "/track/new?template=clinical"),
        "faculty-track": (FACULTY, "", {}, "/track"),
        "faculty-track-draft": (FACULTY, "", draft, "/track"),
        "faculty-track-publish": (FACULTY, "", draft, "/track/publish"),
        "faculty-track-settings": (FACULTY, "", {}, "/track/settings"),
        "faculty-track-grade": (FACULTY, "", {}, "/track/grade"),
        "faculty-track-matching": (FACULTY, "", {}, "/track/matching"),
        "faculty-track-certificate": (FACULTY, "", {}, "/track/certificate"),
        "faculty-track-preview": (FACULTY, "", {}, "/track/preview"),
        "faculty-track-close": (FACULTY, "", {}, "/track/close"),
        "faculty-track-stages": (FACULTY, "", {}, "/track/stages"),
        "faculty-track-stage": (FACULTY, "", {}, f"/track/stages/{faculty['stage_id']}"),
        "faculty-milestone-edit": (FACULTY, "", {}, f"/track/milestones/{faculty['track_milestone']}"),
        "faculty-milestone-new": (FACULTY, "", {}, "/track/milestones/new"),
        "faculty-milestone-remove": (FACULTY, "", {}, f"/track/milestones/{faculty['track_milestone']}/remove"),
        "faculty-tests": (FACULTY, "", {}, "/track/tests"),
        "faculty-test-new": (FACULTY, "", {}, "/track/tests/new"),
        "faculty-test": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}"),
        "faculty-test-rules": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}/rules"),
        "faculty-test-kinds": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}/items/new"),
        "faculty-test-question": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}/items/{faculty['item_id']}"),
        "faculty-test-preview": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}/preview"),
        "faculty-test-results": (FACULTY, "", {}, f"/track/tests/{faculty['test_id']}/results"),
        "faculty-pick": (FACULTY, "", {"deep_linking": DEEP_LINKING}, "/lti/deep-link"),
        "administrator-home": (ADMINISTRATOR, "", {}, "/"),
        "administrator-account-home": (AccountKind.ADMINISTRATOR, "", {}, "/admin"),
        "administrator-credentials": (ADMINISTRATOR, "", {}, "/credentials"),
        "administrator-platforms": (ADMINISTRATOR, "", {}, "/admin/platforms"),
        "administrator-platform-new": (ADMINISTRATOR, "", {}, "/admin/platforms/new/moodle"),
        "administrator-platform-new-canvas": (ADMINISTRATOR, "", {}, "/admin/platforms/new/canvas"),
        "administrator-platform-choose": (ADMINISTRATOR, "", {}, "/admin/platforms/new"),
        "administrator-platform-one": (ADMINISTRATOR, "", {}, f"/admin/platforms/{office['registration_id']}"),
        "administrator-platform-off": (
            ADMINISTRATOR, "", {}, f"/admin/platforms/{office['registration_id']}/off",
        ),
        "administrator-people": (ADMINISTRATOR, "", {}, "/admin/people"),
        "administrator-confidential": (ADMINISTRATOR, "", {}, "/admin/confidential"),
        "administrator-confidential-remove": (
            ADMINISTRATOR, "", {}, f"/admin/confidential/{office['handler_id']}/end",
        ),
        "administrator-person-withdraw": (
            ADMINISTRATOR, "", {}, f"/admin/people/{office['administrator_id']}/withdraw",
        ),
        "administrator-audit": (ADMINISTRATOR, "", {}, "/admin/audit"),
        "administrator-waiting": (SeatRole.GUEST, "student-25", {}, "/admin/waiting"),
        "observer-home": (SeatRole.OBSERVER, "", {}, "/"),
        "choose-seat": (FACULTY, "staff-pappa", {"roles": ["faculty", "mentor"]}, "/seat/choose"),
        "seat": (STUDENT, "student-20", {}, "/seat"),
        "privacy": (STUDENT, "student-20", {}, "/privacy"),
        "administrator-privacy": (ADMINISTRATOR, "", {"about_subject": "student-02"}, "/privacy"),
        "mails": (FACULTY, "", {}, "/demo/mails"),
        "setting-up": (STUDENT, "student-20", draft, "/"),
        "faculty-job": (FACULTY, "", {}, lambda: f"/jobs/{course.running.id}"),
        "faculty-job-failed": (FACULTY, "", {}, lambda: f"/jobs/{course.failed.id}"),
        "faculty-job-held": (FACULTY, "", {}, lambda: f"/jobs/{course.held.id}"),
        "verify": (None, "", {}, "/verify"),
        "register": (None, "", {}, lambda: course.platform_invitation(lms)),
        "launch-by-hand": (None, "", {}, "/lti/launch"),
        "mentor-public": (MENTOR, "", {}, "/profile/public"),
        "public-mentor": (None, "", {}, f"/mentor-page/{faculty['address']}"),
        "public-mentor-off": (None, "", {}, "/mentor-page/nobody"),
        "verify-valid": (None, "", {}, f"/verify/{faculty['public_id']}"),
        "verify-withdrawn": (None, "", {}, f"/verify/{withdrawn.public_id}"),
        "sign-in": (None, "", {}, "/sign-in"),
        "sign-in-link": (None, "", {}, "/sign-in/link"),
        "outside-home": (AccountKind.MENTOR, "", {}, "/"),
        "outside-account": (AccountKind.MENTOR, "", {}, "/account"),
        "outside-courses": (AccountKind.MENTOR, "", {}, "/courses"),
        "faculty-invitations": (FACULTY, "", {}, "/mentors/invitations"),
        "invitation": (None, "", {}, lambda: course.invitation().removeprefix(course.url)),
        "sign-in-mail": (None, "", {}, "/sign-in/mail"),
        "account": (AccountKind.OPERATOR, "", {}, "/account"),
        "account-check": (AccountKind.OPERATOR, "", {}, "/account/check"),
        "account-passkey-remove": (
            AccountKind.OPERATOR, "", {}, lambda: f"/account/passkeys/{course.passkey_of(AccountKind.OPERATOR)}/remove",
        ),
        "operator-home": (AccountKind.OPERATOR, "", {}, "/operator"),
        "operator-institution": (AccountKind.OPERATOR, "", {}, f"/operator/institutions/{office['institution_id']}"),
        "operator-keys": (AccountKind.OPERATOR, "", {}, "/operator/keys"),
        "operator-accounts": (AccountKind.OPERATOR, "", {}, "/operator/accounts"),
        "error-not-found": (None, "", {}, "/nothing-here"),
        "error-no-seat": (None, "", {}, "/"),
    }  # fmt: skip


def take(chromium, course, name, role, sub, columns, address):
    outside = isinstance(role, AccountKind)  # its values are those of roles
    token = "" if role is None else course.account(role) if outside else course.seat(role, sub, **columns)
    context = chromium.new_context(reduced_motion="reduce", locale="en-GB", timezone_id="UTC")
    if token:
        context.add_cookies([{
            "name": ACCOUNT_COOKIE if outside else SEAT_COOKIE, "value": token,
            "url": course.url.replace("http:", "https:"), "secure": True, "httpOnly": True,
            "sameSite": "Lax" if outside else "None",
        }])  # fmt: skip
    page = context.new_page()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto("about:blank")  # what differs behind the # only would not be loaded anew
        page.goto(f"{course.url}{address() if callable(address) else address}")
        page.wait_for_load_state("networkidle")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": width, "height": max(tall, height)})
        picture = Image.open(io.BytesIO(page.screenshot()))
        # Few colours are enough for pages, and a quarter of the size.
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            IMAGES / f"{name}-{width}.png", optimize=True
        )
    context.close()


def main(wanted):
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        here = Path(folder)
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with (
            seeded_course(SQLiteCopies(here).fresh(), here, tell_of_two_roles) as course,
            LmsServer() as lms,
        ):
            for name, (role, sub, columns, address) in pictures(course, lms).items():
                if name == "faculty-job":
                    course.add_work()
                if name.startswith(wanted):
                    take(chromium, course, name, role, sub, columns, address)
        chromium.close()


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    main(tuple(sys.argv[1:]) or ("",))

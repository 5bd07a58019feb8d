"""What the audit trail's actions, and a platform's troubles, are called before people."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.queries.administration import By

ACTIONS = {
    "application.accepted": _l("Applicant accepted as mentor"), "application.begun": _l("Application begun"),
    "application.declined": _l("Application declined"), "application.sent": _l("Application sent"),
    "application.withdrawn": _l("Application withdrawn"), "profile.saved": _l("Mentor’s profile changed"),
    "track.mentor_roles_edited": _l("Roles of mentors changed"),
    "track.mentoring_edited": _l("Rule for mentors changed"),
    "account.checked": _l("Showed the passkey again"), "account.disabled": _l("Account switched off"),
    "account.enabled": _l("Account switched on"), "account.made": _l("Account made"),
    "account.signed_in": _l("Signed in without the LMS"), "account.signed_out": _l("Signed out"),
    "account.signed_out_everywhere": _l("Signed out everywhere"),
    "administrator.asked": _l("Somebody asked to administer"), "administrator.confirmed": _l("Administrator confirmed"),
    "administrator.withdrawn": _l("Administrator withdrawn"), "assessment.completed": _l("Form sent"),
    "assessment.opened": _l("Form begun"), "attempt.begun": _l("Test begun"),
    "attempt.ended": _l("Test ended by the clock or by its closing"), "attempt.sent": _l("Test sent"),
    "badge.issued": _l("Mentor took a badge"), "badge.released": _l("Mentor chose what strangers see of a badge"),
    "badge.revoked": _l("Badge of a mentor withdrawn"),
    "award.issued": _l("Certificate issued"),
    "award.released": _l("Holder chose what strangers see"), "award.revoked": _l("Certificate withdrawn"),
    "concern_handler.ended": _l("Somebody reads nothing said in confidence any more"),
    "concern_handler.named": _l("Somebody named to read what is said in confidence"),
    "conflict.declared": _l("Conflict declared"), "conflict.ended": _l("Conflict taken back"),
    "credential.declared": _l("Credential declared"), "credential.document": _l("Document of a credential shown"),
    "credential.looked_up": _l("Credential looked up"), "credential.verified": _l("Credential verified"),
    "credential.expiring": _l("Credential expires soon"), "credential.lapsed": _l("Credential lapsed"),
    "credential.revoked": _l("Credential withdrawn"), "credential.removed": _l("Credential removed by its holder"),
    "course.copied": _l("Platform told of a copied course"),
    "deployment.approved": _l("Deployment approved"), "deployment.asked": _l("Deployment asked for approval"),
    "deployment.given_away": _l("Deployment given to another institution"),
    "deployment.refused": _l("Deployment refused"), "grade.accepted": _l("Gradebook accepted a grade"),
    "field_key.added": _l("Key of stored fields renewed"),
    "goal.made": _l("Student wrote down a goal"), "goal.changed": _l("Student changed a goal"),
    "goal.step_done": _l("Student ticked a step of a goal"),
    "goal.step_undone": _l("Student took the tick off a step of a goal"),
    "goal.met": _l("Student met a goal"), "goal.dropped": _l("Student dropped a goal"),
    "goal.reopened": _l("Student opened a goal again"), "goal.shared": _l("Student shared a goal with mentors"),
    "goal.unshared": _l("Student keeps a goal from mentors again"),
    "grade.formed": _l("Grade formed"), "grade.held": _l("Grade not accepted"),
    "grade.sent_again": _l("Grade sent again"), "groups.read": _l("Sections and groups read"),
    "institution.checkers_chosen": _l("Who checks credentials chosen"),
    "groups.written": _l("Groups written by hand"),
    "institution.made": _l("Institution set up"),
    "institution.renamed": _l("Institution renamed"),
    "introduction.made": _l("Student introduced to somebody"),
    "introduction.met": _l("Student met somebody they were introduced to"),
    "introduction.not_needed": _l("Introduction not needed any more"),
    "introduction.taken_back": _l("Introduction taken back"),
    "invitation.made": _l("Invitation made"), "invitation.released": _l("Invitation free again"),
    "invitation.used": _l("Invitation used"),
    "item.added": _l("Question added"), "item.edited": _l("Question changed"),
    "item.moved": _l("Question moved"),
    "item.replaced": _l("Question replaced by a newer one"), "item.retired": _l("Question taken out"),
    "job.done": _l("Long work finished"),
    "job.failed": _l("Long work stopped"), "job.held": _l("Long work waits for a decision"),
    "job.queued": _l("Long work begun"), "link.answered": _l("Link given to the course"),
    "link.picked": _l("Link chosen"), "membership.back": _l("Back on the course list"),
    "membership.left": _l("Left the course list"), "membership.maybe_left": _l("Perhaps gone from the course list"),
    "meeting.agreed": _l("Meeting agreed"), "meeting.cancelled": _l("Meeting called off"),
    "meeting.held": _l("Meeting held"), "meeting.missed": _l("Meeting did not take place"),
    "meeting.moved": _l("Another time for a meeting proposed"), "meeting.noted": _l("Private note of a meeting saved"),
    "meeting.proposed": _l("Meeting proposed"),
    "mentor.lead_ended": _l("No lead mentor any more"), "mentor.lead_named": _l("Lead mentor named"),
    "mentor.training_confirmed": _l("Mentor’s training confirmed"),
    "mentor.training_taken_back": _l("Confirmation of a mentor’s training taken back"),
    "mentor.added": _l("Mentor ticked"), "mentor.changed": _l("Mentor changed"),
    "mentor.removed": _l("Mentor unticked"), "mentor.roles_changed": _l("Roles of a mentor changed"),
    "mentor_page.chosen": _l("Mentor chose what strangers see"),
    "mentor_page.renewed": _l("Mentor’s public page got another link"),
    "mentor_page.shared": _l("Mentor’s public page turned on"),
    "mentor_page.stopped": _l("Mentor’s public page turned off"),
    "mentor_invitation.accepted": _l("Outside mentor accepted"),
    "mentor_invitation.declined": _l("Outside mentor declined"),
    "mentor_invitation.opened": _l("Outside mentor opened the invitation"),
    "mentor_invitation.sent": _l("Outside mentor invited"),
    "mentor_invitation.sent_again": _l("Invitation sent again"),
    "mentor_invitation.taken_back": _l("Invitation taken back"), "mentorship.assigned": _l("Mentor given to a student"),
    "mentor.limited": _l("Mentor set limits"), "mentor.ranked": _l("Mentor’s list saved"),
    "mentorship.ended": _l("Mentorship ended"), "mentorship.transferred": _l("Student moved to another mentor"),
    "milestone.accepted": _l("Milestone signed off"), "milestone.added": _l("Milestone added"),
    "milestone.appeal_declined": _l("Appeal declined"), "milestone.appeal_granted": _l("Appeal granted"),
    "milestone.appealed": _l("Appeal"), "milestone.edited": _l("Milestone changed"),
    "milestone.excuse_lifted": _l("Excuse taken back"), "milestone.excused": _l("Excused from a milestone"),
    "milestone.extended": _l("More time given"), "milestone.moved": _l("Milestone moved"),
    "milestone.doubted": _l("Meeting for a milestone said not to have taken place"),
    "milestone.met": _l("Milestone reached by a meeting"),
    "milestone.passed": _l("Milestone reached by passing its test"),
    "milestone.removed": _l("Milestone removed"), "milestone.reopened": _l("Milestone opened again"),
    "milestone.reported": _l("Meeting noted for a milestone"), "milestone.retired": _l("Milestone taken out"),
    "milestone.returned": _l("Milestone sent back"), "milestone.submitted": _l("Proof sent"),
    "milestone.unmet": _l("Meeting for a milestone did not take place"), "milestone.withdrawn": _l("Proof withdrawn"),
    "passkey.added": _l("Passkey added"), "passkey.removed": _l("Passkey removed"),
    "notice.ignored": _l("Notice not acted upon"), "notice.received": _l("Notice received"),
    "notices.refused": _l("Platform sends no notices"), "notices.subscribed": _l("Platform sends notices"),
    "notices.unsubscribed": _l("Platform stopped sending notices"), "notices.unwanted": _l("Notices given up"),
    "notices.wanted": _l("Notices asked for"),
    "privacy.asked": _l("Asked what is held about a person"),
    "recommendation.answered": _l("Said whether they would choose a mentor again, or took it back"),
    "registration.confirmed": _l("Platform confirmed"),
    "request.accepted": _l("Mentor said yes"), "request.asked": _l("Mentor asked"),
    "request.declined": _l("Mentor said no"), "request.expired": _l("Mentor did not answer in time"),
    "request.passed_on": _l("Request passed on"), "request.withdrawn": _l("Request taken back"),
    "registration.disabled": _l("Platform switched off"), "registration.enabled": _l("Platform switched on"),
    "registration.gave_way": _l("Platform that waited given up: it is another institution’s"),
    "registration.made": _l("Platform registered"), "registration.mended": _l("Registration renewed"),
    "resource_link.bound": _l("Link opens a track"),
    "round.change_undone": _l("Change by hand taken back"), "round.changed": _l("Round changed by hand"),
    "round.discarded": _l("Round discarded"), "round.drawn_up": _l("Round drawn up"),
    "round.published": _l("Round published"), "round.taken_back": _l("Round taken back"),
    "roster.confirmed": _l("Held course list confirmed"), "roster.dismissed": _l("Held course list dismissed"),
    "roster.read": _l("Course list read"), "seat.left": _l("Left Mentoring"),
    "seat.opened_window": _l("Opened a new window"), "seat.switched": _l("Changed places"),
    "seat.taken": _l("Opened Mentoring"), "sign_in_link.made": _l("Sign-in link made"),
    "sign_in_link.mailed": _l("Sign-in link mailed"),
    "stage.added": _l("Stage added"), "stage.moved": _l("Stage moved"),
    "stage.removed": _l("Stage removed"), "stage.renamed": _l("Stage renamed"),
    "test.added": _l("Test made"), "test.closed": _l("Test closed"), "test.edited": _l("Test changed"),
    "test.published": _l("Test published"),
    "tool_key.rotated": _l("Signing key renewed"), "track.certificate_edited": _l("Certificate’s rule changed"),
    "track.chosen": _l("Track chosen"), "track.closed": _l("Track closed"), "track.created": _l("Track begun"),
    "track.copied": _l("Setup copied from another course"),
    "track.copy_declined": _l("Offered setup declined"), "track.edited": _l("Track changed"),
    "track.grading_edited": _l("Grade’s rule changed"),
    "track.matching_edited": _l("Way of matching changed"),
    "track.mentor_test": _l("Test for mentors chosen"),
    "track.student_test": _l("Test before a mentor chosen"),
    "track.published": _l("Track published"), "track.reopened": _l("Track opened again"),
    "quiet_hours.saved": _l("Quiet hours saved"), "quiet_hours.ended": _l("Quiet hours ended"),
    "seeking.saved": _l("What is looked for in a mentor saved"),
    "wishes.saved": _l("Wishes saved"),
}  # fmt: skip
ROLES = {
    "student": _l("student"), "mentor": _l("mentor"), "faculty": _l("faculty"),
    "administrator": _l("administrator"), "observer": _l("observer"), "guest": _l("guest"),
    "operator": _l("operator"),
}  # fmt: skip


TROUBLES = {
    "connection": _l("it could not be reached"), "dns": _l("its address is not known"),
    "timeout": _l("it took too long to answer"), "deadline": _l("it took too long to answer"),
    "tls": _l("its certificate was not accepted"), "server_error": _l("it reported an error of its own"),
    "throttled": _l("it asked us to slow down"), "html": _l("it answered with a web page in place of data"),
    "not_json": _l("its answer could not be read"), "shape": _l("its answer could not be read"),
    "too_large": _l("its answer was far too large"), "forbidden": _l("it does not allow us this"),
    "refused": _l("it refused what we sent"), "no_access_token": _l("it gave us no access"),
    "redirected": _l("it led us to another address"), "members_missing": _l("its course list was incomplete"),
    "another_context": _l("it answered with the list of another course"),
    "unauthorised": _l("it did not accept our access"), "invalid_scope": _l("it does not allow us this"),
    "invalid_client": _l("it does not know us by our client ID, or not our key"),
    "unauthorized_client": _l("it does not know us by our client ID, or not our key"),
    "not_found": _l("what we asked for is not there any more"),
    "bad_request": _l("it did not understand what we sent"), "registration_off": _l("it is switched off here"),
    "address_not_public": _l("its address lies inside a private network"),
    "address_not_https": _l("its address is not protected (https)"),
    "address_not_listed": _l("it named an address that is not its own"),
    "scope_not_granted": _l("it does not allow us this"),
    "token_refused": _l("it does not let this tool in any more"),
    "old_timestamp": _l("it holds a grade that looks newer than ours"),
    "column_gone": _l("the gradebook's column was not there any more"),
    "page_loop": _l("its list leads in a circle"), "too_many_pages": _l("its list has no end"),
    "foreign_next_page": _l("its list leads to another address"),
}  # fmt: skip


def trouble_words(code: str) -> str:
    """Say what went wrong with a platform; the code stands behind it for whoever looks after it."""
    said = TROUBLES.get(code)
    return str(_("%(words)s (%(code)s)", words=said, code=code)) if said else code


def audit_words(action: str) -> str:
    """Say what an audited action is; one that has no words yet is shown as it is stored, and stays findable."""
    return str(ACTIONS.get(action, action))


def audit_role(role: str | None) -> str:
    """Say as what somebody acted; "" where nobody sat."""
    return str(ROLES.get(role or "", role or ""))


def choices(actions: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the actions of a filter, in the order of their words."""
    return [("", str(_("Everything"))), *sorted(((one, audit_words(one)) for one in actions), key=lambda pair: pair[1])]


def whose_choices() -> list[tuple[str, str]]:
    """Return whose changes a filter can show."""
    return [
        (By.PEOPLE.value, str(_("People"))),
        (By.ITSELF.value, str(_("Mentoring itself"))),
    ]

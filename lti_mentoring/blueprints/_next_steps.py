"""What a student and a mentor do next, as one card: what, by when, why, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._finding_words import asked_next, finding_next, finding_second, test_next
from lti_mentoring.blueprints._said import Said, filled
from lti_mentoring.blueprints._ways import own_url, student_url, turn
from lti_mentoring.blueprints._words import bdi, day, moment
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.profiles import Part

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from lti_mentoring.domain.milestones import Standing
    from lti_mentoring.queries.attempts import ToTake
    from lti_mentoring.queries.homes import MentorHome, StudentHome
    from lti_mentoring.queries.milestones import Waiting

LONGEST_ASKED = 260


def student_next(home: StudentHome, *, today: date) -> Said:
    """Say what a student does now."""
    lit = home.next_step
    if home.left:
        return _left()
    if home.first is not None and not home.mentors and not home.way.closed:
        return test_next(home.first)
    if not home.way.total:
        return Said("", _("Nothing is asked of you yet"), _("Your course team is still writing the milestones."))
    if home.way.closed and home.way.done < home.way.total:
        return _closed(home)
    if lit is None:
        return _all_sent(home)
    if not home.mentors:
        return (finding_next(home.finding) if home.finding else None) or Said(
            _("Your course team chooses somebody"),
            _("Your mentor is not chosen yet"),
            _("You get a mail as soon as somebody is. Until then you can look at what comes first, and begin with it."),
            (_("See what comes first"), own_url(lit.milestone_id)),
            finding_second(home.finding),
        )
    return _step(home, lit, today)


def mentor_next(home: MentorHome, to_pass: ToTake | None = None, missing: tuple[Part, ...] = ()) -> Said:
    """Say what a mentor does now.

    ``to_pass`` is the test without which nobody is given students; ``missing`` is what the profile does not say yet.
    """
    if home.closed:
        return Said(
            "", _("This track is closed"), _("Everything stays readable, and nothing waits for you here."),
            second=(_("My students"), url_for("board.mine")),
        )  # fmt: skip
    if home.asked:
        return asked_next(home.asked)
    if home.queue:
        return _first_of(home.queue)
    if missing and not home.late:
        return _introduce(missing)
    if to_pass is not None:
        return Said(
            _("Your training"),
            filled(_("Pass the test for mentors: %(title)s"), title=to_pass.title),
            _("Once you have passed, your course team can give you students."),
            (_("Open the test"), url_for("attempts.show", test_id=to_pass.test_id)),
        )
    if not home.mentees:
        return Said(
            "",
            _("You have no students yet"),
            _("Your course team sends students to you. You get a mail with their names."),
        )
    if home.late:
        one = home.late[0]
        return Said(
            _("Nothing to read today"),
            filled(_("Ask %(name)s how it goes"), name=bdi(one.name)),
            _("Nothing was sent to you. A short word now usually helps somebody who is behind."),
            (_("Look at the way so far"), url_for("board.student", student_id=one.student_id)),
        )
    return Said(
        "", _("Nothing waits for you"), _("You get a mail when a student sends something."),
        second=(_("My students"), url_for("board.mine")),
    )  # fmt: skip


def _introduce(missing: tuple[Part, ...]) -> Said:
    return Said(
        _("About 3 minutes"),
        _("Say who you are as a mentor") if len(missing) == len(Part) else _("Finish what you say of yourself"),
        _("Students choose and prepare by it. You are led through it step by step, and can stop after each."),
        (_("Go on"), url_for("profiles.step", part=missing[0].value)),
    )


def queue_line(item: Waiting) -> tuple[Markup | str, str, str]:
    """Return what waits in words, the button's label and its address."""
    url = student_url(item.student_id)(item.milestone_id)
    if item.kind == "assess":
        form = url_for("assessments.fill", student_id=item.student_id, milestone_id=item.milestone_id)
        return filled(_("%(title)s: a form"), title=item.milestone_title), _("Fill the form"), form
    if item.kind == "sign":
        return filled(_("%(title)s: your word"), title=item.milestone_title), _("Sign it off"), url
    if item.kind == "met":
        return filled(_("%(title)s: a meeting was noted"), title=item.milestone_title), _("Answer"), url
    if item.kind == "done":
        return filled(_("%(title)s: done, says the student"), title=item.milestone_title), _("Look and answer"), url
    if item.since is None:
        return item.milestone_title, _("Read and answer"), url
    words = _("%(title)s, sent %(when)s") if item.number < 2 else _("%(title)s, sent again %(when)s")
    return filled(words, title=item.milestone_title, when=moment(item.since)), _("Read and answer"), url


def minutes(number: int) -> str:
    """Say about how long something takes."""
    return str(ngettext("about %(num)s minute", "about %(num)s minutes", number))


def _left() -> Said:
    return Said(
        _("The course list does not name you any more"),
        _("What you have done stays here"),
        _("You can read everything, and nothing new is asked of you. If this is a mistake, tell your course team."),
        second=(_("My path"), url_for("milestones.path")),
    )


def _closed(home: StudentHome) -> Said:
    if home.certificate_from:
        return _certified()
    return Said(
        "", _("This track is closed"), _("Everything stays readable, and nothing more is asked of you."),
        second=(_("My path"), url_for("milestones.path")),
    )  # fmt: skip


def _certified() -> Said:
    return Said(
        _("You have finished"), _("Your certificate is here"),
        _("You decide what strangers see of it."), (_("Open my certificate"), url_for("awards.mine")),
    )  # fmt: skip


def _all_sent(home: StudentHome) -> Said:
    if home.with_others:
        return Said(
            "", _("Nothing to do right now"),
            filled(_("%(turn)s You get a mail with the answer."), turn=turn(home.way, home.signer)),
            second=(_("My path"), url_for("milestones.path")),
        )  # fmt: skip
    if home.certificate_from:
        return _certified()
    return Said(
        "", _("You have finished"), _("Everything is signed off. Your course team issues the certificate."),
        second=(_("My certificate"), url_for("awards.mine")),
    )  # fmt: skip


def _step(home: StudentHome, lit: Standing, today: date) -> Said:
    url = own_url(lit.milestone_id)
    if lit.state is ProgressState.RETURNED:
        words = home.last.text if home.last and home.last.milestone_id == lit.milestone_id else home.asked
        return Said(
            _with_due(_("Sent back to you"), lit, today),
            _again(home, lit),
            _short(words),
            (_("Read it and go on"), url),
        )
    return Said(_with_due(_("Your next step"), lit, today), _first(home, lit), _asked(home, lit), (_label(lit), url))


def _first(home: StudentHome, lit: Standing) -> Markup:
    """Say what to do, not what it is called alone."""
    words = {
        Proof.EVIDENCE: _("%(title)s: do it, then send what shows it"),
        Proof.ACTIVITY: _("%(title)s: do it in your course, then say so"),
        Proof.MEETING: _("%(title)s: meet your mentor"),
        Proof.ASSESSMENT: _("%(title)s: ask %(name)s to watch you"),
        Proof.WORD: _("%(title)s: tell %(name)s when it is done"),
        Proof.TEST: _("%(title)s: pass the test"),
    }[lit.proof]
    return filled(words, title=lit.title, name=_signer(home, lit))


def _again(home: StudentHome, lit: Standing) -> Markup:
    words = {
        Proof.EVIDENCE: _("%(title)s: change it, then send it again"),
        Proof.ACTIVITY: _("%(title)s: go over it, then say so again"),
        Proof.MEETING: _("%(title)s: meet your mentor"),
        Proof.ASSESSMENT: _("%(title)s: agree with %(name)s when to try again"),
        Proof.WORD: _("%(title)s: tell %(name)s when it is done"),
        Proof.TEST: _("%(title)s: pass the test"),
    }[lit.proof]
    return filled(words, title=lit.title, name=_signer(home, lit))


def _signer(home: StudentHome, lit: Standing) -> Markup | str:
    name = home.signer(lit)
    return bdi(name) if name else str(_("your course team"))


def _label(lit: Standing) -> str:
    words = {Proof.EVIDENCE: _("Open and send"), Proof.MEETING: _("Find a time")}
    return str(words.get(lit.proof, _("See what is asked")))


def _asked(home: StudentHome, lit: Standing) -> Markup:
    signer = _signer(home, lit)
    asked = _short(home.asked)
    if lit.proof is Proof.ASSESSMENT:
        return filled(_("%(asked)s You need not send anything."), asked=asked)
    if lit.proof is Proof.TEST:
        return filled(_("%(asked)s You have reached it as soon as you pass."), asked=asked)
    if lit.proof is Proof.ACTIVITY:
        return filled(_("%(asked)s Then %(name)s looks at it."), asked=asked, name=signer)
    if lit.proof is Proof.MEETING:
        return filled(_("%(asked)s One of you notes that you met."), asked=asked)
    if lit.proof is Proof.WORD:
        return filled(_("%(asked)s There is nothing to send: %(name)s signs it off."), asked=asked, name=signer)
    return filled(_("%(asked)s Then %(name)s reads it."), asked=asked, name=signer)


def _with_due(words: str, lit: Standing, today: date) -> str:
    if lit.due is None:
        return words
    left = (lit.due - today).days
    if left < 0:
        return str(ngettext("%(words)s · due %(num)s day ago", "%(words)s · due %(num)s days ago", -left, words=words))
    if left == 0:
        return str(_("%(words)s · due today", words=words))
    soon = ngettext("in %(num)s day", "in %(num)s days", left)
    return str(_("%(words)s · due %(day)s, %(soon)s", words=words, day=day(lit.due), soon=soon))


def _short(text: str) -> str:
    """Cut a long text at a word, so that the card stays a glance."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_ASKED else plain[:LONGEST_ASKED].rpartition(" ")[0] + " …"


def _first_of(queue: tuple[Waiting, ...]) -> Said:
    first = queue[0]
    _line, label, url = queue_line(first)
    eyebrow = _("Waiting for you · %(time)s", time=minutes(first.minutes))
    if len(queue) > 1:
        eyebrow = _("First of %(number)s things · %(time)s", number=len(queue), time=minutes(first.minutes))
    about = (_("About this student"), url_for("board.student", student_id=first.student_id))
    return Said(eyebrow, _first_title(first), _first_body(first), (label, url), about)


def _first_title(first: Waiting) -> Markup:
    words = {
        "assess": _("Fill the form for %(name)s: %(title)s"),
        "sign": _("Has %(name)s reached this? %(title)s"),
        "met": _("Did %(name)s have this meeting? %(title)s"),
        "done": _("%(name)s says that this is done: %(title)s"),
    }.get(first.kind, _("%(name)s sent something to read: %(title)s"))
    return filled(words, name=bdi(first.student_name), title=first.milestone_title)


def _first_body(first: Waiting) -> str:
    if first.kind == "assess":
        return str(_("A few questions while it is fresh. The student sees it as soon as you send it."))
    if first.kind == "sign":
        return str(_("There is nothing to read: your word is the proof."))
    if first.kind == "met":
        return str(_("A meeting was noted that is to count for this. Say whether it took place."))
    if first.since is None:
        return ""
    words = _("Sent %(when)s.") if first.number < 2 else _("Sent again %(when)s.")
    return str(words % {"when": moment(first.since)})

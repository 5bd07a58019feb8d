"""What comes next on one milestone, as the dark card: for the student, and for whoever signs it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from lti_mentoring.blueprints._milestone_meetings import meeting_turn
from lti_mentoring.blueprints._milestone_words import NextStep, due_words, reader, said
from lti_mentoring.blueprints._words import bdi
from lti_mentoring.domain.milestones import STUDENT_BEGINS, ProgressState, Proof, minutes_to_read

if TYPE_CHECKING:
    from lti_mentoring.queries.milestone_pages import MilestonePage, ProofLine


SIGNED_UNSEEN = frozenset({Proof.ASSESSMENT, Proof.WORD})
"""What a signer decides without anything sent."""


def next_for_student(page: MilestonePage) -> NextStep:
    """Say to the student what to do now, or who has it."""
    state, who = page.state, reader(page)
    if page.closed:
        return _closed()
    if page.retired:
        return NextStep(
            "",
            escape(_("This milestone was taken out of your track")),
            escape(_("You need not do anything here. What you did stays readable.")),
        )
    if state is ProgressState.ACCEPTED:
        return NextStep(
            "", escape(_("This one is done")), escape(_("It counts, and nothing more is asked of you here.")), _path()
        )
    if state is ProgressState.EXCUSED:
        return NextStep(
            "",
            escape(_("You need not do this one")),
            escape(_("The course team excused you; it counts neither for you nor against you.")),
            _path(),
        )
    if state is ProgressState.APPEALED:
        return NextStep(
            _("With others now"),
            escape(_("The course team looks at it again")),
            escape(_("You get a mail when they have decided. Until then nothing is asked of you.")),
        )
    if state is ProgressState.SUBMITTED:
        return _with_signer(page, _begin(who))
    return _turn_of_student(page, who)


def next_for_signer(page: MilestonePage, assess_url: str) -> NextStep:
    """Say to a mentor or to faculty what to do now, or whose turn it is."""
    name = bdi(page.student_name)
    if page.closed:
        return _closed()
    if page.state is ProgressState.APPEALED and page.is_faculty:
        return NextStep(
            _("Your turn"),
            said(_("Decide what %(name)s asks"), name=name),
            escape(_("Read why it came back, and why somebody should look again.")),
            (_("Decide"), "#appeal"),
        )
    if page.may_sign and page.state is ProgressState.SUBMITTED and page.standing.proof is Proof.MEETING:
        return NextStep(
            _("Your turn"),
            said(_("Did %(name)s have this meeting?"), name=name),
            escape(_("One was noted. Sign it off if it took place, or send it back and say why not.")),
            (_("Answer"), "#answer"),
        )
    if page.may_sign and page.state is ProgressState.SUBMITTED and _is_seen_elsewhere(page):
        return NextStep(
            _("Your turn"),
            said(_("Look at what %(name)s did, then answer"), name=name),
            escape(_("Sign it off, or send it back with one thing to do differently.")),
            (_("Answer"), "#answer"),
        )
    if page.may_sign and page.state is ProgressState.SUBMITTED:
        eyebrow = ngettext(
            "Your turn · about %(num)s minute", "Your turn · about %(num)s minutes", _minutes(page.newest)
        )
        return NextStep(
            eyebrow,
            said(_("Read what %(name)s sent, then answer"), name=name),
            escape(_("Sign it off, or send it back with one thing to do differently.")),
            (_("Answer"), "#answer"),
        )
    if page.may_sign and not page.standing.done and not page.retired and page.standing.proof in SIGNED_UNSEEN:
        return _turn_of_signer(page, name, assess_url)
    if page.may_meet and page.state in {ProgressState.OPEN, ProgressState.RETURNED} and not page.retired:
        return meeting_turn(page, due_words(page), name)
    return _nothing_to_do(page, name)


def _turn_of_student(page: MilestonePage, who: Markup) -> NextStep:
    eyebrow = " · ".join(filter(None, (_("Your next step"), due_words(page))))
    again = page.state is ProgressState.RETURNED
    if page.standing.proof is Proof.EVIDENCE:
        title = _("Change what came back, then send it again") if again else _("Send what shows that you did it")
        body = (
            _("Everything that you sent is kept.")
            if again
            else _("A text, a link or a file: what fits best. You get an answer here and by mail.")
        )
        return NextStep(
            eyebrow, escape(title), escape(body), (_("Change it") if again else _("Add my proof"), "#proof")
        )
    if page.standing.proof is Proof.ACTIVITY:
        title = _("Go over it again, then say so") if again else _("Do it in your course, then say so here")
        body = _("%(name)s looks at what you did there and signs it off.")
        return NextStep(eyebrow, escape(title), said(body, name=_begin(who)), (_("Say that it is done"), "#proof"))
    if page.standing.proof is Proof.MEETING:
        return meeting_turn(page, eyebrow, bdi(page.mentor_name))
    if page.standing.proof is Proof.TEST:
        return NextStep(
            eyebrow,
            escape(_("Pass the test")),
            escape(_("You have reached this as soon as you pass. Nobody has to sign it.")),
            (_("Open the test"), url_for("attempts.show", test_id=page.standing.test_id)),
        )
    if page.standing.proof is Proof.ASSESSMENT:
        title = _("Agree with %(name)s when to try again") if again else _("Ask %(name)s to watch you")
        body = _("%(name)s fills a short form about it. You need not send anything.")
    else:
        title = _("Tell %(name)s when it is done")
        body = _("%(name)s signs it off. You need not send anything.")
    return NextStep(eyebrow, said(title, name=who), said(body, name=_begin(who)))


def _with_signer(page: MilestonePage, who: Markup) -> NextStep:
    title, body = {
        Proof.MEETING: (
            _("%(name)s says whether it took place"),
            _("A meeting was noted. You get a mail as soon as there is an answer."),
        ),
        Proof.ACTIVITY: (
            _("%(name)s looks at what you did"),
            _("You get a mail as soon as there is an answer. Until then you can take it back."),
        ),
    }.get(
        page.standing.proof,
        (
            _("%(name)s reads what you sent"),
            _("You get a mail as soon as there is an answer. Until then you can send a newer version or withdraw it."),
        ),
    )
    return NextStep(_("With others now"), said(title, name=who), escape(body))


def _turn_of_signer(page: MilestonePage, name: Markup, assess_url: str) -> NextStep:
    eyebrow = " · ".join(filter(None, (_("Your turn"), due_words(page))))
    if page.standing.proof is Proof.ASSESSMENT and page.state is ProgressState.RETURNED:
        body = _("You sent it back. Fill the form again when you have watched once more.")
        return NextStep(
            "",
            said(_("Agree with %(name)s when to try again"), name=name),
            escape(body),
            (_("Fill the form"), assess_url),
        )
    if page.standing.proof is Proof.ASSESSMENT:
        body = _("About two minutes, while it is fresh. It is seen as soon as you send it.")
        return NextStep(
            eyebrow, said(_("Fill the form about %(name)s"), name=name), escape(body), (_("Fill the form"), assess_url)
        )
    body = _("Your word is what proves it. Sign it off when it is done.")
    return NextStep(eyebrow, said(_("Has %(name)s done it?"), name=name), escape(body), (_("Sign it off"), "#answer"))


def _closed() -> NextStep:
    return NextStep("", escape(_("This track is closed")), escape(_("Everything stays readable; nothing is asked.")))


def _nothing_to_do(page: MilestonePage, name: Markup) -> NextStep:
    onward = (_("Back to the board") if page.is_faculty else _("What waits for me"), url_for("home.today"))
    if page.standing.done:
        return NextStep(
            "", escape(_("Nothing is left to do here")), said(_("You find what %(name)s did below."), name=name), onward
        )
    if page.state is ProgressState.APPEALED:
        return NextStep(
            _("With others now"),
            escape(_("The course team looks at it again")),
            escape(_("You get told what they decide on this page.")),
            onward,
        )
    if page.state is ProgressState.SUBMITTED:
        return NextStep(
            _("With others now"),
            said(_("%(name)s has it"), name=_begin(reader(page))),
            escape(_("Nothing is asked of you here.")),
            onward,
        )
    eyebrow = " · ".join(filter(None, (_("With others now"), due_words(page))))
    theirs = page.standing.proof in STUDENT_BEGINS
    title = _("It is %(name)s’s turn") if theirs else _("%(name)s signs this one")
    whose = name if theirs else _begin(reader(page))
    return NextStep(eyebrow, said(title, name=whose), escape(_("Nothing is asked of you here.")), onward)


def _is_seen_elsewhere(page: MilestonePage) -> bool:
    """Whether there is nothing here to read: an activity of the course, or what stood for another kind of proof."""
    return page.standing.proof is Proof.ACTIVITY or page.newest is None


def _begin(words: Markup) -> Markup:
    """Write the first letter large, where the words begin a sentence."""
    return words if words.startswith("<") else Markup(words[:1].upper()) + words[1:]  # noqa: S704  # escaped already


def _minutes(proof: ProofLine | None) -> int:
    if proof is None:
        return 1
    return minutes_to_read(len(proof.text.split()), has_link=bool(proof.url), has_file=bool(proof.file_name))


def _path() -> tuple[str, str]:
    return _("Go on with my path"), url_for("milestones.path")

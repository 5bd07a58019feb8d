"""The tracks that come with the tool. Their words are translated when a track is made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lti_mentoring.domain.instruments import ENTRUSTMENT
from lti_mentoring.domain.milestones import Proof, Signer


def N_(text: str) -> str:  # noqa: N802  # the name that message catalogues look for
    """Mark words for translation."""
    return text


@dataclass(frozen=True, slots=True)
class TemplateMilestone:
    """One step of a template. ``instrument`` is the key of a shipped form, for those that a form proves."""

    title: str
    asked: str
    due_after_days: int
    weight: int
    proof: Proof = Proof.EVIDENCE
    signer: Signer = Signer.MENTOR
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class TemplateStage:
    """A named stretch."""

    title: str
    milestones: tuple[TemplateMilestone, ...]


@dataclass(frozen=True, slots=True)
class TrackTemplate:
    """A whole track to begin with. ``key`` names it for good; an empty one has no stages."""

    key: str
    title: str
    purpose: str
    certificate_title: str
    certificate_sentence: str
    stages: tuple[TemplateStage, ...] = ()

    @property
    def milestones(self) -> tuple[TemplateMilestone, ...]:
        """All steps, in order."""
        return tuple(one for stage in self.stages for one in stage.milestones)


def translated(template: TrackTemplate, say: Callable[[str], str]) -> TrackTemplate:
    """Return the template with every text put through ``say``; an empty text stays empty."""
    return replace(
        template,
        title=say(template.title),
        purpose=say(template.purpose) if template.purpose else "",
        certificate_title=say(template.certificate_title),
        certificate_sentence=say(template.certificate_sentence),
        stages=tuple(
            TemplateStage(
                say(stage.title),
                tuple(replace(one, title=say(one.title), asked=say(one.asked)) for one in stage.milestones),
            )
            for stage in template.stages
        ),
    )


CLINICAL = TrackTemplate(
    key="clinical",
    title=N_("Clinical mentorship, one semester"),
    purpose=N_("By the end of the semester you take a history on your own and know what to work on next."),
    certificate_title=N_("Clinical mentorship"),
    certificate_sentence=N_("has completed one semester of clinical mentorship and reached every milestone of it."),
    stages=(
        TemplateStage(
            N_("Getting started"),
            (
                TemplateMilestone(
                    N_("Agreement"),
                    N_(
                        "Meet your mentor. Write down how often you meet, where, and what stays between the two of you."
                    ),
                    7,
                    5,
                ),
                TemplateMilestone(
                    N_("My goals"),
                    N_(
                        "Name two or three goals for this semester. For each: how will you both see that it is reached?"
                    ),
                    21,
                    10,
                ),
            ),
        ),
        TemplateStage(
            N_("On the ward"),
            (
                TemplateMilestone(
                    N_("Shadowing"),
                    N_("Follow your mentor for half a day. Afterwards talk over one thing that surprised you."),
                    42,
                    10,
                    proof=Proof.WORD,
                ),
                TemplateMilestone(
                    N_("Ward history"),
                    N_("Take one full history and write it up on one page. Leave out all that names the patient."),
                    63,
                    20,
                ),
                TemplateMilestone(
                    N_("Observed examination"),
                    N_("Examine one patient while your mentor watches. Your mentor fills a short form with you."),
                    77,
                    30,
                    proof=Proof.ASSESSMENT,
                    instrument=ENTRUSTMENT,
                ),
            ),
        ),
        TemplateStage(
            N_("Looking back"),
            (
                TemplateMilestone(
                    N_("Reflection"),
                    N_(
                        "On one page: what can you do now that you could not do in the first week, and what comes next?"
                    ),
                    91,
                    15,
                ),
                TemplateMilestone(
                    N_("Closing talk"),
                    N_("Look back on your goals together and agree how you stay in touch."),
                    98,
                    10,
                    proof=Proof.MEETING,
                    signer=Signer.FACULTY,
                ),
            ),
        ),
    ),
)

RESEARCH = TrackTemplate(
    key="research",
    title=N_("Research mentorship"),
    purpose=N_("You take one question from the first idea to a result that you can show and defend."),
    certificate_title=N_("Research mentorship"),
    certificate_sentence=N_(
        "has carried out a research project under mentorship, from a question to the presentation."
    ),
    stages=(
        TemplateStage(
            N_("Finding the question"),
            (
                TemplateMilestone(
                    N_("Working agreement"),
                    N_(
                        "Write down with your mentor how you work together, who may use the data, and who is an author."
                    ),
                    14,
                    5,
                ),
                TemplateMilestone(
                    N_("Reading"),
                    N_("Read at least five papers around your idea and say in half a page what is not known yet."),
                    35,
                    10,
                ),
                TemplateMilestone(
                    N_("Question and plan"),
                    N_("One question, how you will answer it, what you need, and by when. Two pages at most."),
                    56,
                    20,
                ),
            ),
        ),
        TemplateStage(
            N_("Doing the work"),
            (
                TemplateMilestone(
                    N_("Good practice"),
                    N_("Do what your course offers on good research practice, and say here when you have finished it."),
                    70,
                    5,
                    proof=Proof.ACTIVITY,
                    signer=Signer.FACULTY,
                ),
                TemplateMilestone(
                    N_("Permissions"),
                    N_("Send the approval that your project needs, or two sentences on why it needs none."),
                    84,
                    10,
                    signer=Signer.FACULTY,
                ),
                TemplateMilestone(
                    N_("First results"),
                    N_("Show your mentor what you have so far, with one table or figure and the doubts that you have."),
                    126,
                    20,
                ),
            ),
        ),
        TemplateStage(
            N_("Telling others"),
            (
                TemplateMilestone(
                    N_("Written report"),
                    N_("Question, method, result, limits. Write it for somebody who has never heard of your topic."),
                    168,
                    20,
                ),
                TemplateMilestone(
                    N_("Presentation"),
                    N_("Present your work to others and answer their questions. Your mentor is there."),
                    182,
                    10,
                    proof=Proof.WORD,
                ),
            ),
        ),
    ),
)

CAREER = TrackTemplate(
    key="career",
    title=N_("Career mentorship"),
    purpose=N_("You find out what you want to do next, and take the first steps towards it."),
    certificate_title=N_("Career mentorship"),
    certificate_sentence=N_("has taken part in career mentorship and drawn up a plan for the next steps."),
    stages=(
        TemplateStage(
            N_("Where I stand"),
            (
                TemplateMilestone(
                    N_("First meeting"),
                    N_("Meet your mentor. Tell each other how you came to where you are now."),
                    14,
                    10,
                    proof=Proof.MEETING,
                ),
                TemplateMilestone(
                    N_("What I am good at"),
                    N_("Write down five things that you do well, and ask two people who know you whether they agree."),
                    28,
                    15,
                ),
                TemplateMilestone(
                    N_("What matters to me"),
                    N_("In half a page: what must your work have, and what must it never have?"),
                    42,
                    15,
                ),
            ),
        ),
        TemplateStage(
            N_("Where I could go"),
            (
                TemplateMilestone(
                    N_("Two conversations"),
                    N_("Talk to two people who do what you might like to do. Note what surprised you in each talk."),
                    70,
                    20,
                ),
                TemplateMilestone(
                    N_("My plan"),
                    N_("Three steps for the coming year, each with a date and with somebody who can help."),
                    91,
                    25,
                ),
                TemplateMilestone(
                    N_("Review"),
                    N_("Go through your plan with your mentor: what have you begun, and what will you drop?"),
                    112,
                    15,
                    proof=Proof.MEETING,
                ),
            ),
        ),
    ),
)

EMPTY = TrackTemplate(
    key="",
    title=N_("Mentorship"),
    purpose="",
    certificate_title=N_("Mentorship"),
    certificate_sentence=N_("has reached every milestone of this mentorship."),
)

TEMPLATES = {template.key: template for template in (CLINICAL, RESEARCH, CAREER, EMPTY)}
"""By key; the empty one is the last."""
ROLES_TO_CHOOSE: Mapping[str, tuple[str, ...]] = {
    "clinical": (N_("Clinical mentor"), N_("Research mentor"), N_("Near-peer mentor")),
    "research": (N_("Scientific mentor"), N_("Methods mentor"), N_("Clinical mentor")),
    "career": (N_("Career mentor"), N_("Near-peer mentor")),
    "": (N_("Subject mentor"), N_("Personal mentor")),
}
"""What roles of mentors may be called, by template; faculty write what they like."""

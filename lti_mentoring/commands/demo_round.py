"""The demonstration's round: a draft for whoever waits, left to faculty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from lti_mentoring.demo.people import FACULTY
from lti_mentoring.domain.drawing_up import draw_up
from lti_mentoring.domain.fitting import USUAL_WEIGHTS
from lti_mentoring.services.drawing_up import RoundWish, keep_round, queue_round, read_given
from lti_mentoring.services.jobs import claim_job

if TYPE_CHECKING:
    from datetime import datetime

    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Round, Track

STRATEGY, SEED = "stable", "demonstration"


def draw(story: Story, track: Track, *, now: datetime) -> Round:
    """Draw a round up as the job does; raise LookupError where that cannot be."""
    wanted = RoundWish(STRATEGY, USUAL_WEIGHTS, SEED)
    job = queue_round(story.session, story.seats[FACULTY.sub], track, wanted, now=now)
    claimed = claim_job(story.session, job.id)
    if claimed is None:
        raise LookupError(job.id)
    given = read_given(story.session, claimed)
    matcher = current_app.extensions["matchers"][STRATEGY]
    drawn = draw_up(given.problem, matcher, given.part_of, seed=SEED, tell=lambda _done: None)
    made = keep_round(story.session, claimed, given, drawn, now=now)
    if made is None:
        raise LookupError(job.id)
    return made

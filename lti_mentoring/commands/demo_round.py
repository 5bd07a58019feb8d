"""The demonstration's rounds: one published in the first week for those who came late, and a draft for whoever waits.

Nobody of the first round gets another mentor than the story has always told (``Story.pair`` takes turns). Two wish
first for somebody who is full by then: their pages say why it became the second.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from lti_mentoring.commands.demo_seeking import SOUGHT
from lti_mentoring.demo.people import FACULTY
from lti_mentoring.domain.drawing_up import draw_up
from lti_mentoring.domain.fitting import USUAL_WEIGHTS
from lti_mentoring.domain.rank_lists import MatchingWay, Wishes
from lti_mentoring.models import Mentor
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.drawing_up import RoundWish, keep_round, queue_round, read_given
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.matching_policies import edit_matching
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.rank_lists import save_wishes
from lti_mentoring.services.seeking import save_seeking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Round, Track

STRATEGY, SEED = "stable", "demonstration"
COHORT = tuple(f"student-{number:02}" for number in (15, 16, 19, 20, 25, 29))
"""Those who came some days late; none of them in turn for the first mentor, who has no place left for them."""
WISHED_FOR_THE_FULL_ONE = ("student-19", "student-20")
ROUND_HELD = 52
"""Days ago."""


def match_cohort(story: Story, track: Track, turns: Mapping[str, int]) -> None:
    """Let the cohort state wishes, draw their round up, and publish it; ``turns`` says whose turn each is."""
    session, at = story.session, story.ago(ROUND_HELD)
    faculty = story.sit(FACULTY.sub, at)
    rules = replace(rules_of(session, track), way=MatchingWay.ROUNDS)
    edit_matching(session, faculty, rules, version=track.version, now=at)
    full, *others = session.scalars(select(Mentor.id).where(Mentor.track_id == track.id).order_by(Mentor.id))
    for sub in COHORT:
        mine, rest = turns[sub], [one for one in others if one != turns[sub]]
        if sub in WISHED_FOR_THE_FULL_ONE:
            wishes = Wishes(((full,), (mine,)), any_other=True, vetoed=frozenset(rest[1:]))
        else:
            wishes = Wishes(((mine,), tuple(rest)), any_other=True)
        save_wishes(session, story.sit(sub, at), track, wishes, version=0, now=at)
        save_seeking(session, story.sit(sub, at), track, SOUGHT, now=at)
    publish(session, faculty, draw(story, track, now=at).id, now=at)


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

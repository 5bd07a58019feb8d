"""The rounds that matching is measured with."""

from bench.matching_rounds import WISHES, make_round
from lti_mentoring.domain.matching.snapshot import digest_of


def test_a_round_is_the_same_each_time_and_has_room_for_everybody():
    made = make_round(200, 30)
    assert digest_of(made) == digest_of(make_round(200, 30))
    assert {len(one.tiers) for one in made.mentees} == {WISHES}
    assert sum(one.places for one in made.mentors) > 200


def test_a_mentor_may_rank_whoever_wishes_for_them():
    made = make_round(50, 30, mentors_rank=True)
    wished = {(one.mentee_id, mentor) for one in made.mentees for (mentor,) in one.tiers}
    assert {(mentee, one.mentor_id) for one in made.mentors for (mentee,) in one.tiers} == wished

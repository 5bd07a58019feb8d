"""The four domains side by side: what is wanted, and whether anybody talks about it."""

from lti_mentoring.domain.demand import Need, Supply
from lti_mentoring.domain.goals import GoalCount
from lti_mentoring.domain.mentoring_domains import DomainLine, domain_lines
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.vocabularies import MentoringDomain


def need(key, students=0, mentors=0):
    return Need(TermKind.DOMAIN, key, students, Supply(mentors, 3 * mentors))


def test_each_domain_has_a_line_by_the_field_s_own_key():
    needs = [need("clinical", 10, 2), need("career")]
    lines = domain_lines(needs, {MentoringDomain.PRACTICE: GoalCount(5, 10)}, {MentoringDomain.PRACTICE: 12})
    assert lines == (DomainLine("clinical", 10, 2, 5, 10, 10), DomainLine("career", 0, 0, 0, 0, 0))


def test_meetings_are_told_in_steps_of_five():
    told = [domain_lines([need("career")], {}, {MentoringDomain.CAREER: held})[0].meetings for held in (0, 4, 5, 9, 10)]
    assert told == [0, 0, 5, 5, 10]


def test_what_students_look_for_or_aim_at_and_nobody_talks_about_is_silent():
    sought, aimed, talked, unknown = domain_lines(
        [need("academic", 5), need("practice"), need("research", 5), need("career")],
        {MentoringDomain.PRACTICE: GoalCount(5, 0), MentoringDomain.CAREER: GoalCount(0, 5)},
        {MentoringDomain.RESEARCH: 5},
    )
    assert [one.is_silent for one in (sought, aimed, talked, unknown)] == [True, True, False, False]

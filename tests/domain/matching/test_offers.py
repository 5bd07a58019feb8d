"""Do mentors who offer little fare better? Said in halves, and of nobody by name."""

from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.offers import Lead, Offer, compare_offers
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.profiles import hours_of

LITTLE, MORE = range(101, 106), range(106, 111)
HOURS = {**dict.fromkeys(LITTLE, 8), **dict.fromkeys(MORE, 20)}
MENTEES = range(1, 41)


def given(each):
    """Students one after another to the mentors, as many to each as ``each`` says."""
    waiting = iter(MENTEES)
    return {next(waiting): mentor for mentor, number in each.items() for _ in range(number)}


def found(given_out, places=None, hours=HOURS, **more):
    round_ = problem(dict.fromkeys(MENTEES, ""), places or dict.fromkeys(HOURS, 4), **more)
    return compare_offers(round_, answer(round_, given_out, BalancedMatcher(), "s"), hours)


def alike(each=3):
    return given(dict.fromkeys(HOURS, each))


def liked(given_out, share):
    """The mentors' own wishes: of the students of each half so many of a hundred are among them."""
    lists = {}
    for half in (LITTLE, MORE):
        theirs = [(mentee, mentor) for mentee, mentor in given_out.items() if mentor in half]
        for place, (mentee, mentor) in enumerate(theirs):
            wished = place < len(theirs) * share[half.start] // 100
            lists.setdefault(mentor, []).append(str(mentee if wished else 40))
    return {mentor: " ".join(dict.fromkeys(names)) for mentor, names in lists.items()}


def test_who_offers_few_hours_and_gets_fewer_students_is_told():
    few = given({**dict.fromkeys(LITTLE, 2), **dict.fromkeys(MORE, 4)})
    [one] = found(few)
    assert (one.offer, one.limit, one.mentors, one.filled, one.fuller) == (Offer.HOURS, 8, (5, 5), (50, 100), Lead.MORE)
    assert found(alike())[0].fuller is Lead.NOBODY
    many = given({**dict.fromkeys(LITTLE, 4), **dict.fromkeys(MORE, 2)})
    assert found(many)[0].fuller is Lead.LITTLE


def test_places_are_counted_with_those_that_had_a_student_before():
    places = {**dict.fromkeys(LITTLE, 2), **dict.fromkeys(MORE, 4)}
    [one] = found(given(dict.fromkeys(HOURS, 2)), places, hours={})
    assert (one.offer, one.limit, one.filled) == (Offer.PLACES, 2, (100, 50))


def test_own_wishes_are_compared_where_neither_those_nor_the_others_are_few():
    pairs = alike()
    for share, lead in (((60, 40), Lead.LITTLE), ((50, 50), Lead.NOBODY), ((40, 60), Lead.MORE)):
        shares = dict(zip((LITTLE.start, MORE.start), share, strict=True))
        assert found(pairs, mentors_wish=liked(pairs, shares))[0].wished is lead
    for share in ((60, 20), (100, 40)):
        shares = dict(zip((LITTLE.start, MORE.start), share, strict=True))
        assert found(pairs, mentors_wish=liked(pairs, shares))[0].wished is None
    assert found(pairs)[0].wished is None


def test_nothing_is_said_of_wishes_where_few_mentors_gave_a_list():
    pairs = given({**dict.fromkeys(LITTLE, 4), **dict.fromkeys(MORE, 4)})
    lists = liked(pairs, {LITTLE.start: 60, MORE.start: 40})
    assert found(pairs, mentors_wish=lists)[0].wished is Lead.LITTLE
    del lists[MORE.start]
    assert found(pairs, mentors_wish=lists)[0].wished is None


def test_scores_are_compared_where_the_round_has_any():
    pairs = alike()
    better = [(mentee, mentor, 90 if mentor in LITTLE else 60) for mentee, mentor in pairs.items()]
    assert found(pairs, scores=[*better, (40, 101, 100)])[0].fit is Lead.LITTLE
    assert found(pairs)[0].fit is None
    few = given(dict.fromkeys(LITTLE, 3))
    assert found(few, scores=[(mentee, mentor, 90) for mentee, mentor in few.items()])[0].fit is None


def test_nothing_is_said_of_few_mentors_of_none_and_where_all_offer_the_same():
    pairs = alike()
    assert found(pairs, hours={**HOURS, 101: 20}) == ()
    assert found(pairs, hours=dict.fromkeys(HOURS, 8)) == ()
    assert found({}, dict.fromkeys(HOURS, 0)) == ()


def test_where_most_offer_the_most_those_below_them_are_few_enough_to_be_the_half():
    many = {**HOURS, **dict.fromkeys(range(111, 116), 20)}
    [one] = found({}, dict.fromkeys(many, 4), hours=many)
    assert (one.limit, one.mentors) == (8, (5, 10))


def test_the_hours_of_a_week_are_those_of_its_parts():
    assert hours_of(["week_morning", "end_evening", "no such part"]) == 5 * 4 + 2 * 4

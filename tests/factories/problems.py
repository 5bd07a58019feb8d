"""Rounds of matching: short to write by hand, drawn by Hypothesis, and the same with its rows in another order."""

from dataclasses import replace

from hypothesis import strategies as st

from lti_mentoring.domain.matching.problem import Bar, BarKind, Candidate, Problem, Score, Seeker

FIRST_MENTOR = 101


def tiers(text):
    """Read ``"101 102=103"``: tiers parted by blanks, equals joined by ``=``."""
    return tuple(tuple(int(one) for one in tier.split("=")) for tier in text.split())


def problem(
    wishes, places, *, bars=(), scores=(), mentors_wish=None, any_other=(), priority=None, together=(), wish=100
):
    """Make a round: ``wishes`` {mentee: "101 102=103"}, ``places`` {mentor: places}, ``together`` [(1, 2)]."""
    return Problem(
        mentees=tuple(
            Seeker(number, tiers(text), number in any_other, (priority or {}).get(number, 0))
            for number, text in wishes.items()
        ),
        mentors=tuple(
            Candidate(number, count, tiers=tiers((mentors_wish or {}).get(number, "")))
            for number, count in places.items()
        ),
        bars=tuple(Bar(mentee, mentor, BarKind(kind)) for mentee, mentor, kind in bars),
        scores=tuple(Score(*one) for one in scores),
        together=tuple(together),
        wish=wish,
    )


def given_by(matching):
    return {pair.mentee_id: pair.mentor_id for pair in matching.pairs}


def shuffled(one, draw):
    """Return the same round with all rows in another order; ``draw`` is a random.Random."""

    def mixed(rows):
        return tuple(draw.sample(rows, len(rows)))

    def in_tiers(row):
        return replace(row, tiers=tuple(map(mixed, row.tiers)))

    return replace(
        one,
        mentees=mixed([in_tiers(row) for row in one.mentees]),
        mentors=mixed([in_tiers(row) for row in one.mentors]),
        bars=mixed(one.bars),
        scores=mixed(one.scores),
        together=mixed(one.together),
    )


@st.composite
def problems(draw, *, ties=True, mentors_rank=True, any_other=True, most_mentees=8, most_mentors=5):
    """Draw rounds in which everything happens: ties, bars, scores, no places, no wishes."""
    mentees = range(1, draw(st.integers(0, most_mentees)) + 1)
    mentors = range(FIRST_MENTOR, FIRST_MENTOR + draw(st.integers(0, most_mentors)))

    def ranked(numbers):
        liked = draw(st.lists(st.sampled_from(numbers), unique=True)) if numbers else []
        made = []
        for number in liked:
            if made and ties and draw(st.booleans()):
                made[-1].append(number)
            else:
                made.append([number])
        return tuple(map(tuple, made))

    pairs = st.tuples(st.sampled_from(mentees), st.sampled_from(mentors)) if mentees and mentors else st.nothing()
    barred = draw(st.lists(pairs, max_size=6)) if mentees and mentors else []
    scored = draw(st.lists(pairs, max_size=8, unique=True)) if mentees and mentors else []
    return Problem(
        mentees=tuple(
            Seeker(number, ranked(mentors), any_other and draw(st.booleans()), draw(st.sampled_from([0, 0, 0, 1, 3])))
            for number in mentees
        ),
        mentors=tuple(
            Candidate(number, draw(st.integers(0, 3)), draw(st.integers(0, 2)), ranked(mentees) if mentors_rank else ())
            for number in mentors
        ),
        bars=tuple(Bar(*pair, draw(st.sampled_from(list(BarKind)))) for pair in barred),
        scores=tuple(Score(*pair, draw(st.integers(0, 100))) for pair in scored),
        wish=draw(st.sampled_from([100, 100, 70, 10, 1])),
    )


@st.composite
def strict_problems(draw, *, most_mentees=12, most_mentors=6):
    """Draw rounds in which nobody likes two equally: lists of any length, everybody ranked by every mentor, bars."""
    mentees = range(1, draw(st.integers(1, most_mentees)) + 1)
    mentors = range(FIRST_MENTOR, FIRST_MENTOR + draw(st.integers(1, most_mentors)))
    barred = draw(st.lists(st.tuples(st.sampled_from(mentees), st.sampled_from(mentors)), max_size=6))

    def one_each(numbers):
        return tuple((number,) for number in numbers)

    return Problem(
        mentees=tuple(
            Seeker(number, one_each(draw(st.lists(st.sampled_from(mentors), unique=True)))) for number in mentees
        ),
        mentors=tuple(
            Candidate(number, draw(st.integers(1, 4)), tiers=one_each(draw(st.permutations(mentees))))
            for number in mentors
        ),
        bars=tuple(Bar(*pair, draw(st.sampled_from(list(BarKind)))) for pair in barred),
    )


@st.composite
def grouped_problems(draw, **options):
    """Draw rounds in which some stay together, in groups of one size or of several; the mentors have more places."""
    round_ = draw(problems(**options))
    people = draw(st.permutations([one.mentee_id for one in round_.mentees]))
    together = []
    while len(people) > 1 and draw(st.booleans()):
        size = draw(st.integers(2, min(4, len(people))))
        together.append(tuple(sorted(people[:size])))
        people = people[size:]
    mentors = tuple(replace(one, places=one.places * 3) for one in round_.mentors)
    return replace(round_, mentors=mentors, together=tuple(together))

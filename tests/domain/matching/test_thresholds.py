"""The next number above a limit."""

from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.matching.thresholds import Thresholds

NUMBERS = st.lists(st.integers(-3, 9), max_size=20)


@given(NUMBERS, st.data())
def test_the_first_one_above_is_found_as_by_looking_at_each(numbers, data):
    row = Thresholds(numbers)
    for _ in range(3 if numbers else 0):
        place, number = data.draw(st.integers(0, len(numbers) - 1)), data.draw(st.integers(-3, 9))
        numbers[place] = number
        row.put(place, number)
    start, end = data.draw(st.integers(0, len(numbers))), data.draw(st.integers(0, len(numbers)))
    limit = data.draw(st.integers(0, 9))
    expected = next((place for place in range(start, end) if numbers[place] > limit), None)
    assert row.next_above(limit, start, end) == expected

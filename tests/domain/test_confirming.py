"""Which registrations wait for the operator."""

from lti_mentoring.domain.confirming import waits_for_operator

SHARED = frozenset({"https://canvas.instructure.com"})


def test_one_at_an_issuer_of_ones_own_does_not_wait():
    assert not waits_for_operator("https://moodle.example", shared=SHARED, others_there=False)


def test_one_at_an_issuer_that_many_institutions_share_waits_even_for_the_first_of_them():
    assert waits_for_operator("https://canvas.instructure.com", shared=SHARED, others_there=False)


def test_one_at_an_issuer_where_another_institution_is_already_waits():
    assert waits_for_operator("https://moodle.example", shared=SHARED, others_there=True)

"""Dates on certificates, in the certificate's language."""

from lti_mentoring.services.certificates import spoken_date


def test_a_date_is_said_in_the_language_of_the_certificate():
    assert spoken_date("2026-12-18", "en") == "18 December 2026"
    assert spoken_date("2026-12-18", "de") == "18. Dezember 2026"
    assert spoken_date("", "en") == ""

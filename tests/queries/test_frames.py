"""Which origins may frame us: what stands in the header is an origin and nothing else."""

import pytest

from lti_mentoring.queries.frames import origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://lms.example/auth?x=1#y", "https://lms.example"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://Bücher.example/", "https://xn--bcher-kva.example"),
        ("https://例え.example/", "https://xn--r8jz45g.example"),
        ("https://user:secret@lms.example/", "https://lms.example"),
        ("https://lms.example;script-src */", None),
        ("https://lms.example, *", None),
        ("https://*.example", None),
        ("https://" + "ü" * 80 + ".example", None),
        ("https://lms.example:99999/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//lms.example", None),
        ("", None),
    ],
)
def test_an_address_is_cut_to_its_origin_or_left_out(address, origin):
    assert origin_of(address) == origin

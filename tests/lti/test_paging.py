import pytest

from lti_mentoring.lti.http import PlatformAnswer, PlatformAnswerUnreadable
from lti_mentoring.lti.paging import next_page, origin, walk, with_query

PAGE = "https://lms.test/api/members?limit=10"


@pytest.mark.parametrize(
    "header",
    [
        '<https://lms.test/p?page=bookmark:WyJBYm>; rel="next"',
        "<https://lms.test/p?page=bookmark:WyJBYm>; rel=next",
        "<https://lms.test/p?page=bookmark:WyJBYm>; rel='next'",
        "<https://lms.test/p?page=bookmark:WyJBYm>;REL=NEXT",
        '<https://lms.test/p?page=bookmark:WyJBYm> ; rel = "prefetch next"',
        '<https://lms.test/p?page=bookmark:WyJBYm>; title="a, b; <c>"; rel="next"',
        '<https://lms.test/p?page=bookmark:WyJBYm>; type=text/x; rel="next"; media=all',
        '<https://lms.test/first>; rel="first", <https://lms.test/p?page=bookmark:WyJBYm>; rel="next"',
        '<https://lms.test/a,b>; rel="prev",<https://lms.test/p?page=bookmark:WyJBYm>; rel="next",</z>; rel=last',
        "< https://lms.test/p?page=bookmark:WyJBYm >; rel=“next”",
        "<https://lms.test/p?page=bookmark:WyJBYm>; rel=“next”".encode().decode("latin-1"),
        '</p?page=bookmark:WyJBYm>; rel="next"',
        '<../p?page=bookmark:WyJBYm>; rel="next"',
        '<//lms.test/p?page=bookmark:WyJBYm>; rel="next"',
    ],
)
def test_the_next_page_is_found_however_it_is_written(header):
    assert next_page(header, PAGE) == "https://lms.test/p?page=bookmark:WyJBYm"


def test_moodles_own_header_is_understood():
    header = (
        "<https://lms.test/lineitems?type_id=1&amp;limit=1&amp;from=0>; rel=“first”, "
        "<https://lms.test/lineitems?type_id=1&amp;limit=1&amp;from=0>; rel=“canonical”, "
        "<https://lms.test/lineitems?type_id=1&amp;limit=1&amp;from=1>; rel=“next”, "
        "<https://lms.test/lineitems?type_id=1&amp;limit=1&amp;from=4>; rel=“last”"
    )
    assert next_page(header.encode().decode("latin-1"), PAGE) == "https://lms.test/lineitems?type_id=1&limit=1&from=1"


def test_escapes_are_left_as_they_are():
    address = "https://lms.test/p?a=%2f%7E&copy=1&B=%C3%84+x"
    assert next_page(f'<{address}>; rel="next"', PAGE) == address


@pytest.mark.parametrize(
    "header",
    [
        "",
        '<https://lms.test/p>; rel="prev"',
        "<https://lms.test/p>",
        '<https://lms.test/p>; title="rel=next"',
        '<https://lms.test/p>; rel="nextish"',
        '<https://lms.test/p>; rel="prev"; rel="next"',
        "https://lms.test/p; rel=next",
        "junk",
        "<>",
    ],
)
def test_without_a_next_page_it_is_the_end(header):
    assert next_page(header, PAGE) is None


def page(link="", url=PAGE):
    return PlatformAnswer(200, "lms.test", {"Link": link} if link else {}, b"[]")


def test_pages_are_walked_to_the_end():
    links = {PAGE: "</2>; rel=next", "https://lms.test/2": "</3>; rel=next", "https://lms.test/3": ""}
    asked = []

    def fetch(url):
        asked.append(url)
        return page(links[url])

    assert len(list(walk(PAGE, fetch, max_pages=3))) == 3
    assert asked == list(links)


def walked(link_of, **options):
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        for _ in walk(PAGE, lambda url: page(link_of(url)), **({"max_pages": 50} | options)):
            pass
    return caught.value.reason


def test_a_page_that_leads_back_is_a_loop():
    assert walked(lambda _: f"<{PAGE}>; rel=next") == "page_loop"
    assert walked(lambda url: "</b>; rel=next" if url.endswith("/a") else "</a>; rel=next") == "page_loop"


def test_pages_without_end_are_given_up():
    assert walked(lambda url: f"<{url}1>; rel=next") == "too_many_pages"


@pytest.mark.parametrize(
    "address",
    [
        "https://other.test/2",
        "http://lms.test/2",
        "https://lms.test:8443/2",
        "//other.test/2",
        "https://lms.test@other.test/2",
        "file:///etc/passwd",
        "https://[/2",
    ],
)
def test_a_token_is_not_carried_to_another_host(address):
    assert walked(lambda _: f"<{address}>; rel=next") == "foreign_next_page"


@pytest.mark.parametrize("url", ["https://lms.test/2", "https://LMS.test:443/2"])
def test_one_origin_is_written_in_several_ways(url):
    assert origin(url) == origin(PAGE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://lms.test/m", "https://lms.test/m?limit=5"),
        ("https://lms.test/m?a=%2F&b", "https://lms.test/m?a=%2F&b&limit=5"),
        ("https://lms.test/m?limit=9", "https://lms.test/m?limit=9"),
        ("https://lms.test/m?a=1#part", "https://lms.test/m?a=1&limit=5#part"),
    ],
)
def test_a_query_is_added_to_and_kept(url, expected):
    assert with_query(url, {"limit": "5"}) == expected


def test_values_of_a_query_are_escaped():
    assert with_query("https://lms.test/m", {"tag": "a&b c/ä"}) == "https://lms.test/m?tag=a%26b%20c%2F%C3%A4"


def test_what_is_no_address_is_left_for_the_client_to_refuse():
    assert with_query("https://[/m", {"tag": "a"}) == "https://[/m"

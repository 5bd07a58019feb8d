"""Style sheets, scripts and icons are kept by the browser under an address that names their content."""

import re

import pytest

from lti_mentoring.blueprints._static_files import version_of

HTTPS = "https://localhost"
WAYS = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@pytest.fixture
def addresses(client):
    """The files that a page names."""
    found = sorted(set(WAYS.findall(client.get("/verify/unknown", base_url=HTTPS).text)))
    assert len(found) > 3
    return found


def asked(client, address, **headers):
    """Return how the answer reads: status, Cache-Control, ETag."""
    with client.get(address, base_url=HTTPS, headers=headers) as answer:
        return answer.status_code, answer.headers.get("Cache-Control"), answer.headers.get("ETag")


def test_every_file_that_a_page_names_is_kept_for_a_year(client, addresses):
    for address in addresses:
        status, kept, tag = asked(client, address)
        assert (status, kept) == (200, "public, max-age=31536000, immutable")
        assert asked(client, address, **{"If-None-Match": tag}) == (304, kept, tag)


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
def test_under_any_other_address_it_is_asked_for_again(client, query):
    assert asked(client, f"/static/mentoring.css{query}")[:2] == (200, "no-cache")


@pytest.mark.parametrize("path", ["/static/none.css?v=1", "/static/../app.py?v=1", "/static/vendor?v=1"])
def test_what_is_no_file_is_not_found_and_not_kept(client, path):
    assert asked(client, path) == (404, None, None)


def test_a_file_that_changes_gets_another_name(tmp_path):
    file, names = tmp_path / "a.css", []
    for words in ("one", "three", "three"):
        file.write_text(words)
        names.append(version_of(file))
    assert names[0] != names[1] == names[2]
    assert all(re.fullmatch("[0-9a-f]{12}", name) for name in names)

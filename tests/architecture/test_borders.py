"""What only one place may know: the seat's cookie, and how a platform's messages name what they claim."""

import ast
from functools import cache
from pathlib import Path

from lti_mentoring.blueprints._access import MARKER_COOKIE, SEAT_COOKIE
from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE, BROWSER_COOKIE
from lti_mentoring.lti.claims import CLAIM, DEEP_LINKING, GRADEBOOK, GROUPS, ROSTER
from lti_mentoring.lti.login import cookie_name_for

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lti_mentoring"
SOURCES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
ACCESS = "blueprints/_access.py"
READERS = {
    (ACCESS, "SEAT_COOKIE"),
    ("blueprints/_account_session.py", "ACCOUNT_COOKIE"),
    ("blueprints/_account_session.py", "BROWSER_COOKIE"),
    ("blueprints/_opening.py", "MARKER_COOKIE"),
    ("blueprints/lti.py", "MARKER_COOKIE"),
    ("blueprints/lti.py", "cookie_name_for"),  # what binds a login to its browser
}
"""Who reads a cookie, and which."""
PLATFORMS_WORDS = "purl.imsglobal.org/spec/lti"
KNOW_THEM = ("lti/", "demo/")
"""The border, and the demonstration, which is an LMS itself."""


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def words(path):
    """Return every text of a module, and every name that it uses or brings in."""
    found = set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.Constant(value=str(word)) | ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word):
                found.add(word)
    return found


def users_of(*wanted):
    return {name for name, path in SOURCES.items() if words(path) & set(wanted)}


def cookies_read(found):
    """Return the name of each cookie that a module asks a request for; "?" for whatever else it does with them."""
    parents = {child: node for node in ast.walk(found) for child in ast.iter_child_nodes(node)}
    names = []
    for node in ast.walk(found):
        if isinstance(node, ast.Attribute) and node.attr == "cookies" and ast.unparse(node.value).endswith("request"):
            match parents[node]:
                case ast.Attribute(attr="get") as get:
                    asked = parents[get].args[0]
                case ast.Compare(left=asked) | ast.Subscript(slice=asked):
                    pass
                case _:
                    asked = None
            asked = asked.func if isinstance(asked, ast.Call) else asked
            names.append(asked.id if isinstance(asked, ast.Name) else "?")
    return names


def test_the_seats_cookie_is_read_in_one_place_and_every_other_reader_of_a_cookie_is_known():
    assert {(name, cookie) for name, path in SOURCES.items() for cookie in cookies_read(tree(path))} == READERS


def test_whoever_does_anything_else_with_the_cookies_is_found_out():
    ways = ("request.cookies['x']", "dict(request.cookies)", "flask.request.cookies.get('x')", "x in request.cookies")
    assert [cookies_read(ast.parse(way)) for way in ways] == [["?"], ["?"], ["?"], ["x"]]


def test_the_seats_cookie_is_named_in_one_place():
    assert users_of(SEAT_COOKIE, "SEAT_COOKIE") == {ACCESS}


def test_no_other_cookie_has_the_name_of_the_seats():
    others = {ACCOUNT_COOKIE, BROWSER_COOKIE, MARKER_COOKIE, cookie_name_for("mentoring-seat", secure=True)}
    assert SEAT_COOKIE not in others
    assert len(others) == 4


def test_nobody_reads_the_header_that_holds_all_cookies():
    # The one that names it tells caches that pages differ by it.
    assert users_of("Cookie", "cookie", "HTTP_COOKIE", "parse_cookie") == {"blueprints/_headers.py"}


def test_the_words_of_a_platforms_message_stand_in_the_border_alone():
    assert all(PLATFORMS_WORDS in address for address in (CLAIM, DEEP_LINKING, GRADEBOOK, GROUPS, ROSTER))
    inside = {name for name, path in SOURCES.items() if any(PLATFORMS_WORDS in word for word in words(path))}
    assert inside
    assert [name for name in inside if not name.startswith(KNOW_THEM)] == []


def test_nor_do_they_stand_in_a_page_a_mail_or_a_script():
    shown = [path for folder in (ROOT / "templates", PACKAGE / "static") for path in folder.rglob("*")]
    read = [path for path in shown if path.suffix in {".html", ".txt", ".js", ".xml", ".typ"}]
    assert len(read) > 100
    assert [path.name for path in read if PLATFORMS_WORDS in path.read_text(encoding="utf-8")] == []

"""Somebody's phone: a browser as wide as one, in which they have a seat already."""

from factories.world import seat

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.clock import utcnow

WIDTH = 360


def phone(chromium, session, world, port, role, who=None):
    """Return the phone of somebody in the world's course: a browser context."""
    session.commit()  # a snapshot from before the server's own writes could not become a writer
    token = seat(session, world, role, who, now=utcnow())
    session.commit()
    context = chromium.new_context(viewport={"width": WIDTH, "height": 740}, reduced_motion="reduce")
    context.add_cookies([{
        "name": SEAT_COOKIE, "value": token, "url": f"https://127.0.0.1:{port}", "secure": True, "httpOnly": True,
        "sameSite": "None",
    }])  # fmt: skip
    return context


def fits(page):
    """Tell whether a page needs no scrolling sideways."""
    return page.evaluate(f"document.documentElement.scrollWidth <= {WIDTH}")


def reads(page, *words):
    """Wait until a page says all of it; nothing on it is wider than the screen."""
    for said in words:
        page.get_by_text(said).first.wait_for()
    assert fits(page), words

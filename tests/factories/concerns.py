"""Concerns and who handles them, in a world."""

from datetime import timedelta

from factories.browser import sit
from factories.world import NOON, add, person
from sqlalchemy import func, select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Concern, ConcernHandler
from lti_mentoring.queries.concern_handlers import handlers_of
from lti_mentoring.services.concerns import open_concern, raise_concern

WORDS = "He shouts at us before the patients."


def handler(world, who=None, *, named_at=NOON - timedelta(days=30)):
    """Name somebody, by default a new person of the institution who is in no course, and return that person."""
    who = who or person(world.session, world.institution, name="Jo Ahlgren")
    row = ConcernHandler(institution_id=world.institution.id, person_id=who.id, named_at=named_at)
    add(world.session, row)
    return who


def concern(app, world, about=None, by=None, *, text=None, now=NOON, session=None):
    """One that the student, or whoever sits in ``by``, raised about the mentor, to all who are named.

    Each after the first begins in words of its own, unless told: what says the same would be the same concern.
    """
    by = by or world.sitter(role=SeatRole.STUDENT)
    session = session or world.session
    told = [one.person_id for one in handlers_of(session, world.institution.id)]
    who = about or world.guide
    before = session.scalar(select(func.count()).select_from(Concern))
    text = text if text is not None else f"{WORDS} Day {before + 1}." if before else WORDS
    return raise_concern(session, by, world.track, who.id, text, told, app.extensions["sealer"], now=now)


def opened(world, who, one, *, now=NOON):
    """Let a handler open it; return the handler's seat."""
    seat = world.sitter(who, SeatRole.GUEST)
    open_concern(world.session, seat, one.key, now=now)
    return seat


def through_pages(app, session, world, student, about, jo=None):
    """Let a student raise one on the pages, and a handler open and answer it and keep the two apart."""
    jo = jo or handler(world)
    writes, reads = sit(app, session, world, SeatRole.STUDENT, student), sit(app, session, world, SeatRole.GUEST, jo)
    readers = ",".join(str(one.person_id) for one in handlers_of(session, world.institution.id))
    sent = {"concerning": str(about.id), "text": WORDS, "readers": readers}
    assert writes.post("/concerns/new", sent).status_code == 303
    page = f"/concerns/{session.query(Concern).order_by(Concern.id.desc()).first().key}"
    for step, form in (("open", {}), ("answer", {"text": "I have read it."}), ("apart", {})):
        assert reads.post(f"{page}/{step}", form).status_code == 303

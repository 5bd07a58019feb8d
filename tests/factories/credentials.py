"""Credentials of mentors, as far as tests want them checked."""

from datetime import timedelta

from factories.world import NOON

from lti_mentoring.domain.credentials import NOTHING_SEEN, Checkers, CredentialFacts, CredentialKind, Method
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services import credentials
from lti_mentoring.services.credential_documents import add_document
from lti_mentoring.services.credentials import Check
from lti_mentoring.services.evidence import Upload

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DEGREE = CredentialFacts(CredentialKind.DEGREE, "Doctor of Medicine", "other", "", "Priya K. Raman")
LICENCE = CredentialFacts(CredentialKind.LICENCE, "Licence to practise", "uk_gmc", "7012345", "Priya K. Raman")


def checked_here(world, checkers=Checkers.TRACKS):
    """Let the world's institution check credentials; as it is made, nobody does."""
    world.institution.credential_checkers = checkers
    world.session.flush()


def credential(app, session, world, who=None, facts=LICENCE, *, now=NOON):
    """A licence that its holder has declared, where administrators check and tracks may."""
    checked_here(world)
    by = world.sitter(who or world.guide, SeatRole.MENTOR)
    return credentials.declare(session, by, facts, app.extensions["sealer"], now=now)


def verified(app, session, world, who=None, facts=LICENCE, *, days=365, now=NOON, practice=NOTHING_SEEN):
    """A licence that faculty have verified for so many days."""
    made = credential(app, session, world, who, facts, now=now)
    world.track.faculty_verify = True
    session.flush()
    until = (now + timedelta(days=days)).date()
    check = Check(Method.REGISTER, until, practice=practice)
    return credentials.verify(session, world.sitter(), made.id, check, now=now)


def document(app, session, world, of, *, name="licence.pdf", content=PDF, now=NOON):
    """A scan of it."""
    by = world.sitter(of.person, SeatRole.MENTOR)
    files, sealer = app.extensions["files"], app.extensions["sealer"]
    return add_document(session, by, of.id, Upload(name, content), sealer, files, now=now)

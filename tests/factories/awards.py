"""Students who have earned their certificate, and certificates."""

from factories.world import NOON, add
from sqlalchemy import select

from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.models import MilestoneProgress
from lti_mentoring.sealing import KeyFile, Sealer
from lti_mentoring.services.awarding import issue
from lti_mentoring.services.certificates import AwardWords
from lti_mentoring.services.issuers import Desk

PUBLIC_URL = "https://localhost"
WORDS = AwardWords(
    language="en",
    kind="Certificate of mentorship",
    heading="Certificate of mentorship, %(name)s",
    joined="%(achievement)s: %(sentence)s",
    check_line="Anyone can check it: %(address)s",
    qr_alt="QR code: opens the page that checks this certificate",
    faculty_role="Course team",
    mentor_role="Mentor",
    undisclosed="A mentorship was completed.",
    criteria="Each of these was reached: %(milestones)s.",
    signed_off="Signed off on %(date)s.",
)


def desk(settings, public_url=PUBLIC_URL):
    file = KeyFile(settings.key_file)
    file.ensure()
    return Desk(Sealer(settings.secret_key, file), public_url)


def earn(world, who=None, state=ProgressState.ACCEPTED, milestones=None):
    """Bring a student through the track's milestones (or those given)."""
    student = who or world.student
    for milestone in world.track.milestones if milestones is None else milestones:
        values = {
            "institution_id": world.institution.id, "track_id": world.track.id, "milestone_id": milestone.id,
            "student_id": student.id, "state": state, "decided_at": NOON,
        }  # fmt: skip
        add(world.session, MilestoneProgress(**values))
    return student


def issued(world, at, who=None, now=NOON):
    """Issue a certificate to somebody who is brought through all milestones for it."""
    student = who or world.student
    done = select(MilestoneProgress.id).where(MilestoneProgress.student_id == student.id)
    if world.session.scalars(done).first() is None:
        earn(world, student)
    return issue(world.session, world.sitter(), student.id, at, WORDS, now=now)

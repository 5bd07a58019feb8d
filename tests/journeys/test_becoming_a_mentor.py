"""At the width of a phone, in a real browser: somebody applies, is checked and trained, and gets a student."""

from datetime import timedelta

import pytest
from factories.credentials import PDF, checked_here
from factories.tests import ASPIRIN, HANDS, exam, trained
from factories.world import World, membership, person
from fixtures.browser import violations
from fixtures.serving import served
from journeys.phone import fits, phone, reads
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience
from lti_mentoring.models import Credential, Mentorship

NUMBER = "7012345"
STYLE = {
    "Meetings": "Short and often", "Topics": "The student brings the topics", "Answers": "Both, as it comes",
    "Plans": "One step at a time",
}  # fmt: skip


@pytest.fixture
def course(session):
    """A course that looks for mentors: who is one has no place left, and nobody has taken the new training."""
    world = World(session)
    world.mentor.places = world.mentor.taken
    world.track.template, world.track.applications_open, world.track.credential_needed = "clinical", True, True
    checked_here(world)
    items = (ASPIRIN, HANDS)
    trained(world, exam(session, world.track, *items, title="Training for mentors", audience=Audience.MENTORS))
    world.noor = person(session, world.institution, name="Dr Noor El-Sayed")
    membership(session, world.context, world.noor, is_student=False)
    world.layla = world.another_student(name="Layla Haddad")
    world.office = person(session, world.institution, name="Ingrid Holm")
    session.commit()
    return world


def apply(page, base):
    """Go from the first page of somebody who is nothing here yet to the application that is sent."""
    page.goto(base)
    reads(page, "There is nothing for you here yet")
    page.get_by_role("link", name="Apply as a mentor").click()
    reads(page, "Would you like to mentor here?")
    page.get_by_role("button", name="Begin").click()
    reads(page, "Step 1 of 5")
    page.get_by_label("Your profession").select_option(label="Physician or surgeon")
    page.get_by_role("button", name="Continue").click()
    reads(page, "There is a problem", "Choose what comes nearest.")
    assert page.get_by_label("Your profession").input_value() == "health.physician"
    page.get_by_label("Where you are on your way").select_option(label="Established")
    page.get_by_label("Years in practice").fill("11")
    page.get_by_role("button", name="Continue").click()
    reads(page, "Step 2 of 5")
    for words in ("Clinical practice", "Oncology", "Talking with patients"):
        page.get_by_label(words, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    reads(page, "Step 3 of 5")
    page.get_by_label("English", exact=True).check()
    page.get_by_text("More languages").click()
    page.get_by_label("Hindi", exact=True).check()
    page.get_by_label("Your time zone").select_option(label="Asia / Kolkata")
    page.get_by_label("Weekday evenings").check()
    assert fits(page)
    page.get_by_role("button", name="Continue").click()
    reads(page, "Step 4 of 5")
    page.get_by_role("button", name="Continue").click()
    reads(page, "Choose one; there is no better one.")
    for about, words in STYLE.items():
        page.get_by_role("group", name=about).get_by_label(words).check()
    page.get_by_role("button", name="Continue").click()
    reads(page, "Step 5 of 5")
    page.get_by_label("Online or in person").check()
    page.get_by_role("button", name="Continue").click()
    reads(page, "Look at it once more, then send it", "Physician or surgeon", "Oncology", "Asia / Kolkata")
    assert violations(page) == []
    page.get_by_label("How many students you would take").fill("1")
    page.get_by_role("button", name="Send the application").click()
    reads(page, "Your application was sent")


def declare(page, base):
    """Declare a licence: with a number that the register cannot have given, then with the right one and a scan."""
    page.goto(f"{base}/profile")
    page.get_by_role("link", name="My licences and degrees, and who has checked them").click()
    reads(page, "Declare the first one")
    page.get_by_label("A licence or registration to practise").check()
    page.get_by_label("What it is called").fill("Licence to practise")
    page.get_by_label("United Kingdom: General Medical Council").check()
    page.get_by_label("Number", exact=False).last.fill("70123")
    page.get_by_label("Name on it, if it is another").fill("Noor Sayed")
    page.get_by_role("button", name="Declare").click()
    reads(page, "This register has given no such number", "Its numbers are: 7 digits.")
    assert page.get_by_label("What it is called").input_value() == "Licence to practise"
    assert page.get_by_label("Name on it, if it is another").input_value() == "Noor Sayed"
    assert page.get_by_label("United Kingdom: General Medical Council").is_checked()
    assert violations(page) == []
    page.get_by_label("Number", exact=False).last.fill(NUMBER)
    page.get_by_role("button", name="Declare").click()
    reads(page, "Declared. Hand in a document of it", "Not checked yet")
    scan = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("A scan or photo of it").set_input_files(scan)
    page.get_by_role("button", name="Hand in this document").click()
    reads(page, "Document shown", "licence.pdf")


def verify(page, base, until):
    """Look a licence up and verify it, as an administrator of the institution."""
    page.goto(base)
    page.get_by_role("link", name="Credentials").first.click()
    reads(page, "1 credential waits to be checked")
    page.get_by_role("link", name="Licence to practise").click()
    reads(page, NUMBER, "Noor Sayed", "licence.pdf")
    page.get_by_text("Only note that you looked it up").click()
    page.get_by_label("What you found").fill("Registered, no remarks.")
    page.get_by_role("button", name="Note it").click()
    reads(page, "Noted.", "Looked up in the register by Ingrid Holm")
    page.get_by_label("I looked it up in the public register").check()
    page.get_by_label("It holds until").fill(until.isoformat())
    page.get_by_label("Oncology").check()
    page.get_by_role("button", name="Verify").click()
    reads(page, "Verified. Its holder gets a mail.")


def take_test(page, aspirin, words):
    """Answer the training's two questions, one of them as told, and read what came of it."""
    page.get_by_role("button", name="Begin").click()
    page.get_by_label(aspirin).check()
    page.get_by_label("True", exact=True).check()
    assert fits(page)
    page.get_by_role("button", name="Send my answers").click()
    reads(page, words)
    assert violations(page) == []


def test_from_an_application_to_the_first_student(app, session, course, chromium):
    until = utcnow().date() + timedelta(days=365)
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"

        def page_of(role, who=None):
            session.rollback()  # what was read here is old by now, and SQLite writes nothing upon it
            return phone(chromium, session, course, port, role, who).new_page()

        own = page_of(SeatRole.GUEST, course.noor)
        apply(own, base)

        faculty = page_of(SeatRole.FACULTY)
        faculty.goto(f"{base}/mentors")
        reads(faculty, "1 person would like to mentor here.")
        faculty.get_by_role("link", name="Decide").click()
        faculty.get_by_role("link", name="Dr Noor El-Sayed").click()
        reads(faculty, "Would take", "Talking with patients")
        faculty.get_by_role("button", name="Accept").click()
        reads(faculty, "Dr Noor El-Sayed is a mentor now and gets a mail.")
        faculty.goto(f"{base}/mentors")
        reads(faculty, "1 student is without a mentor", "Nobody with a free place can be given students now.")
        assert not faculty.get_by_label("Mentor for Layla Haddad").is_visible()
        assert violations(faculty) == []

        declare(own, base)
        office = page_of(SeatRole.ADMINISTRATOR, course.office)
        verify(office, base, until)
        session.rollback()
        assert session.scalars(select(Credential.verified_until)).one() == until
        faculty.goto(f"{base}/mentors")
        faculty.get_by_role("link", name="Dr Noor El-Sayed").first.click()
        reads(faculty, "No student can be given to Dr Noor El-Sayed yet.", "Mentors of this track pass a test first.")

        own.goto(base)
        reads(own, "Training for mentors")
        own.get_by_role("link", name="Open the test").click()
        reads(own, "Begin when you are ready")
        take_test(own, "Paracetamol", "Not passed this time")
        own.get_by_role("link", name="Try again").click()
        reads(own, "Attempt 1")
        take_test(own, "Aspirin", "You have passed")

        faculty.goto(f"{base}/mentors")
        reads(faculty, "1 place is free.")
        faculty.get_by_role("button", name="Place Layla Haddad").click()
        reads(faculty, "Layla Haddad is with Dr Noor El-Sayed now. Both get a mail.", "Every student has a mentor.")
        session.rollback()
        made = session.scalars(select(Mentorship).where(Mentorship.student_id == course.layla.id)).one()
        assert (made.mentor.person_id, made.ended_at) == (course.noor.id, None)

        student = page_of(SeatRole.STUDENT, course.layla)
        student.goto(base)
        reads(student, "Dr Noor El-Sayed", "Checked by the institution in the public register on")
        student.get_by_role("link", name="Mentors", exact=True).click()
        student.get_by_role("link", name="Dr Noor El-Sayed").click()
        reads(student, "Licence to practise (United Kingdom: General Medical Council)", "Subjects seen: Oncology")
        reads(student, f"holds until {until.day} {until:%b} {until.year}")
        assert violations(student) == []
        assert not [secret for secret in (NUMBER, "Ingrid Holm", "licence.pdf") if secret in student.content()]
        for one in (own, faculty, office, student):
            one.context.close()

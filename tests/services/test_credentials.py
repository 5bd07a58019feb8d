"""A credential is declared by its holder and checked by somebody else; who may read what is kept apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories.credentials import DEGREE, LICENCE, PDF, checked_here, credential, document, verified
from factories.profiles import application, profile
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, person, track
from sqlalchemy import select, update

from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.assigning import Obstacle
from lti_mentoring.domain.credentials import (
    MOST_CREDENTIALS,
    MOST_DOCUMENTS,
    Checkers,
    CredentialReasonNeeded,
    CredentialsNotChecked,
    CredentialState,
    CredentialStepNotPossible,
    DatesTwisted,
    Method,
    OwnCredential,
    Practice,
    SpecialtyNotDeclared,
    TooManyCredentials,
    UntilNeeded,
)
from lti_mentoring.domain.profiles import ProfileClosed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.letters import written
from lti_mentoring.models import (
    AuditEntry,
    Credential,
    CredentialDocument,
    Mail,
    MembershipStatus,
    StoredFile,
    TrackState,
)
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.credentials import (
    checked_lines,
    checking_page,
    credential_view,
    credentials_page,
    latest_practice,
    own_credentials,
)
from lti_mentoring.queries.pairing import mentors_now
from lti_mentoring.sealing import KeyFile, SealBroken
from lti_mentoring.services import credentials
from lti_mentoring.services.credential_documents import TooManyDocuments, read_document, reseal_documents
from lti_mentoring.services.credential_upkeep import tend_credentials
from lti_mentoring.services.credentials import Check
from lti_mentoring.services.file_kinds import FileRefused

DAY = timedelta(days=1)
TODAY = NOON.date()
CHECK = Check(Method.ORIGINAL, TODAY + 365 * DAY)
OFFICE = {"role": SeatRole.ADMINISTRATOR}


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


@pytest.fixture
def files(app):
    return app.extensions["files"]


@pytest.fixture
def licence(app, session, world):
    world.track.faculty_verify = True
    return credential(app, session, world)


def guide_of(world):
    return world.sitter(role=SeatRole.MENTOR)


def test_the_number_is_stored_sealed_and_bound_to_its_row(app, session, world, sealer, licence):
    other = credential(app, session, world)
    assert "7012345" not in licence.sealed_number
    assert sealer.open(licence.sealed_number, place_of(licence, "sealed_number")) == "7012345"
    session.execute(update(Credential).where(Credential.id == other.id).values(sealed_number=licence.sealed_number))
    session.refresh(other)
    with pytest.raises(SealBroken):
        sealer.open(other.sealed_number, place_of(other, "sealed_number"))
    assert "7012345" not in str([row.facts for row in session.scalars(select(AuditEntry))])


def test_what_cannot_be_declared_is_refused(app, session, world):
    checked_here(world)
    with pytest.raises(ProfileClosed):
        credential(app, session, world, world.student)
    with pytest.raises(DatesTwisted):
        credential(app, session, world, facts=replace(LICENCE, issued_on=TODAY, expires_on=TODAY))
    assert credential(app, session, world, facts=replace(LICENCE, register="other", number="")).sealed_number is None
    for _more in range(MOST_CREDENTIALS - 1):
        credential(app, session, world)
    with pytest.raises(TooManyCredentials):
        credential(app, session, world)


def test_faculty_check_where_the_track_lets_them_and_the_holder_hears(session, world, licence):
    credentials.look_up(session, world.sitter(), licence.id, "Listed.", now=NOON)
    assert licence.state is CredentialState.LOOKED_UP
    credentials.verify(session, world.sitter(), licence.id, CHECK, now=NOON)
    assert (licence.state, licence.verified_until) == (CredentialState.VERIFIED, CHECK.until)
    [mail] = session.scalars(select(Mail))
    assert (mail.person_id, mail.facts["what"]) == (world.guide.id, "verified")
    [line] = checked_lines(session, world.institution.id, [world.guide.id])[world.guide.id]
    assert (line.title, line.by_role, line.method) == ("Licence to practise", "faculty", Method.ORIGINAL)
    kinds = [step.kind.value for step in credential_view(session, world.sitter(), licence.id).steps]
    assert kinds == ["declared", "looked_up", "verified"]


def test_nobody_else_does(session, world, licence):
    world.track.faculty_verify = False
    session.flush()
    stranger = World(session)
    for by in (world.sitter(), world.sitter(role=SeatRole.STUDENT), stranger.sitter(), stranger.sitter(**OFFICE)):
        with pytest.raises(NotFound):
            credentials.verify(session, by, licence.id, CHECK, now=NOON)
        with pytest.raises(NotFound):
            credential_view(session, by, licence.id)
    assert credentials_page(session, world.sitter()).rows == ()
    assert credentials_page(session, world.sitter(**OFFICE)).waiting == 1
    credentials.verify(session, world.sitter(**OFFICE), licence.id, CHECK, now=NOON)
    assert licence.state is CredentialState.VERIFIED


def reads(session, by, made, scan, sealer, files):
    """Whether somebody finds a credential in the list, its page, its document and the way to verify it: all or none."""

    def opens(way):
        try:
            return bool(way())
        except NotFound:
            return False

    ways = (
        lambda: credentials_page(session, by).rows,
        lambda: credential_view(session, by, made.id),
        lambda: read_document(session, by, scan.id, sealer, files),
        lambda: credentials.look_up(session, by, made.id, "", now=NOON),
    )
    [found] = {opens(way) for way in ways}
    return found


@pytest.mark.both_databases
def test_whatever_a_track_ticks_the_institution_says_who_opens_what_is_sealed(
    app, session, world, sealer, files, licence
):
    scan = document(app, session, world, licence)
    for checkers, office, faculty in (
        (Checkers.NOBODY, False, False),
        (Checkers.OFFICE, True, False),
        (Checkers.TRACKS, True, True),
    ):
        checked_here(world, checkers)
        assert reads(session, world.sitter(**OFFICE), licence, scan, sealer, files) is office
        assert reads(session, world.sitter(), licence, scan, sealer, files) is faculty
        assert reads(session, World(session).sitter(**OFFICE), licence, scan, sealer, files) is False
        assert read_document(session, guide_of(world), scan.id, sealer, files)[1] == PDF


def test_what_another_institution_lets_its_tracks_do_opens_nothing_here(session, world, licence):
    neighbour = World(session)
    checked_here(neighbour)
    checked_here(world, Checkers.OFFICE)
    with pytest.raises(NotFound):
        credential_view(session, world.sitter(), licence.id)


def test_where_nobody_checks_nothing_new_is_collected_and_what_is_there_can_be_removed(app, session, world, sealer):
    made = credential(app, session, world)
    checked_here(world, Checkers.NOBODY)
    with pytest.raises(CredentialsNotChecked):
        credentials.declare(session, guide_of(world), LICENCE, sealer, now=NOON)
    with pytest.raises(CredentialsNotChecked):
        document(app, session, world, made)
    [own] = own_credentials(session, guide_of(world))
    assert own.credential.id == made.id
    credentials.remove(session, guide_of(world), made.id, now=NOON)
    assert own_credentials(session, guide_of(world)) == ()


def test_students_go_on_reading_what_was_verified_before_nobody_checked_any_more(app, session, world):
    verified(app, session, world)
    checked_here(world, Checkers.NOBODY)
    assert world.guide.id in checked_lines(session, world.institution.id, [world.guide.id])


def test_whoever_chooses_reads_what_waits_and_which_tracks_ask(app, session, world):
    credential(app, session, world)
    checked_here(world, Checkers.NOBODY)
    neighbour = World(session)
    credential(app, session, neighbour)
    neighbour.track.credential_needed = world.track.credential_needed = True
    session.flush()
    page = checking_page(session, world.sitter(**OFFICE))
    assert (page.checkers, page.waiting, page.needing, page.is_ticked) == (Checkers.NOBODY, 1, 1, False)
    world.track.faculty_verify, world.track.state = True, TrackState.CLOSED
    session.flush()
    page = checking_page(session, world.sitter())
    assert (page.needing, page.is_ticked) == (0, True)


@pytest.mark.parametrize("role", [SeatRole.FACULTY, SeatRole.ADMINISTRATOR])
def test_nobody_checks_their_own_whatever_else_they_are(session, world, licence, role):
    by = world.sitter(world.guide, role)
    for checks in (
        lambda: credentials.verify(session, by, licence.id, CHECK, now=NOON),
        lambda: credentials.look_up(session, by, licence.id, "", now=NOON),
        lambda: credentials.revoke(session, by, licence.id, "It was a forgery.", now=NOON),
    ):
        with pytest.raises(OwnCredential):
            checks()


def test_what_is_withdrawn_is_said_why_and_stays_so(session, world, licence):
    with pytest.raises(CredentialReasonNeeded):
        credentials.revoke(session, world.sitter(), licence.id, "no", now=NOON)
    credentials.revoke(session, world.sitter(), licence.id, "It was a forgery.", now=NOON)
    with pytest.raises(CredentialStepNotPossible):
        credentials.verify(session, world.sitter(), licence.id, CHECK, now=NOON)
    assert checked_lines(session, world.institution.id, [world.guide.id]) == {}


def test_whoever_verifies_says_until_when(session, world, licence):
    with pytest.raises(UntilNeeded):
        credentials.verify(session, world.sitter(), licence.id, replace(CHECK, until=TODAY), now=NOON)


def test_an_applicant_s_is_checked_before_anybody_accepts_them(app, session, world):
    who = world.another_student()
    application(session, world, who)
    world.track.faculty_verify = True
    made = credential(app, session, world, who)
    assert credential_view(session, world.sitter(), made.id).person_id == who.id


class TestPractice:
    """What was seen with a check: since when, and which of the subjects that the mentor says."""

    SEEN = Practice(2009, ("health.oncology",))

    @pytest.fixture
    def made(self, app, session, world):
        profile(session, world)
        return verified(app, session, world, practice=self.SEEN)

    def seen(self, session, world):
        lines = checked_lines(session, world.institution.id, [world.guide.id]).get(world.guide.id, ())
        return [line.practice for line in lines]

    @pytest.mark.both_databases
    def test_students_read_it_with_the_check_and_its_holder_in_what_happened(self, session, world, made):
        assert self.seen(session, world) == [self.SEEN]
        [own] = own_credentials(session, guide_of(world))
        assert [step.practice for step in own.steps] == [Practice(), self.SEEN]

    def test_it_lapses_with_the_credential_and_the_next_check_says_it_anew(self, session, world, made):
        tend_credentials(session, now=NOON + 400 * DAY)
        assert self.seen(session, world) == [Practice()]
        check = replace(CHECK, until=CHECK.until + 400 * DAY, practice=Practice(2010))
        credentials.verify(session, world.sitter(), made.id, check, now=NOON + 400 * DAY)
        assert self.seen(session, world) == [Practice(2010)]

    def test_it_is_withdrawn_with_it(self, session, world, made):
        credentials.revoke(session, world.sitter(), made.id, "It was a forgery.", now=NOON)
        assert self.seen(session, world) == []

    def test_what_its_holder_removes_keeps_nothing_of_it(self, session, world, made):
        credentials.remove(session, guide_of(world), made.id, now=NOON)
        assert {(step.since, tuple(step.specialties)) for step in made.steps} == {(None, ())}

    def test_only_what_the_mentor_says_can_have_been_seen(self, session, world, made):
        check = replace(CHECK, practice=Practice(None, ("health.surgery",)))
        with pytest.raises(SpecialtyNotDeclared):
            credentials.verify(session, world.sitter(), made.id, check, now=NOON)
        assert self.seen(session, world) == [self.SEEN]

    def test_of_two_checks_the_latest_that_has_seen_a_year_counts(self, app, session, world, made):
        verified(app, session, world, now=NOON + DAY, practice=Practice(2008))
        verified(app, session, world, now=NOON + 2 * DAY)
        lines = checked_lines(session, world.institution.id, [world.guide.id])[world.guide.id]
        assert latest_practice(lines).practice.since == 2008
        assert latest_practice(()) is None


class TestDocuments:
    def test_a_scan_is_sealed_and_opened_for_its_holder_and_those_who_check(
        self, app, session, world, sealer, files, licence
    ):
        made = document(app, session, world, licence)
        assert licence.state is CredentialState.DOCUMENT
        assert PDF[:8] not in files.read(made.file.storage_key)
        for by in (guide_of(world), world.sitter()):
            assert read_document(session, by, made.id, sealer, files)[1] == PDF
        for by in (world.sitter(role=SeatRole.STUDENT), World(session).sitter(role=SeatRole.ADMINISTRATOR)):
            with pytest.raises(NotFound):
                read_document(session, by, made.id, sealer, files)

    def test_only_papers_and_pictures_are_taken_and_not_too_many(self, app, session, world, licence):
        with pytest.raises(FileRefused):
            document(app, session, world, licence, name="notes.txt", content=b"I am a doctor.")
        for _more in range(MOST_DOCUMENTS):
            document(app, session, world, licence)
        with pytest.raises(TooManyDocuments):
            document(app, session, world, licence)

    def test_what_its_holder_removes_is_gone(self, app, session, world, sealer, files, licence):
        made = document(app, session, world, licence)
        keys = credentials.remove(session, guide_of(world), licence.id, now=NOON)
        assert keys == (made.file.storage_key,)
        assert (licence.sealed_number, made.file.name) == (None, "")
        assert own_credentials(session, guide_of(world)) == ()
        for by in (guide_of(world), world.sitter()):
            with pytest.raises(NotFound):
                read_document(session, by, made.id, sealer, files)
        with pytest.raises(NotFound):
            credentials.remove(session, guide_of(world), licence.id, now=NOON)

    def test_a_new_key_seals_them_anew_and_the_old_file_goes(
        self, app, session, settings, world, sealer, files, licence
    ):
        made, lost = document(app, session, world, licence), document(app, session, world, licence)
        old = made.file.storage_key
        files.erase(lost.file.storage_key)
        session.commit()
        name = KeyFile(settings.key_file).add()
        told = reseal_documents(unit_of_work, sealer, files)
        assert (told.done, told.lost) == (1, 1)
        session.expire_all()
        assert session.get_one(CredentialDocument, made.id).sealed_with == name
        assert read_document(session, guide_of(world), made.id, sealer, files)[1] == PDF
        with pytest.raises(FileNotFoundError):
            files.read(old)

    def test_of_two_who_seal_the_same_at_once_one_file_is_left(
        self, app, session, settings, world, sealer, files, licence
    ):
        made = document(app, session, world, licence)
        session.commit()
        KeyFile(settings.key_file).add()

        class Slow:
            """Another worker is quicker while this one writes."""

            def put(self, content):
                if not self.done:
                    self.done = True
                    reseal_documents(unit_of_work, sealer, files)
                self.last = files.put(content)
                return self.last

            done = False
            read, erase = files.read, files.erase

        slow = Slow()
        reseal_documents(unit_of_work, sealer, slow)
        session.expire_all()
        assert session.get_one(StoredFile, made.file_id).storage_key != slow.last
        assert read_document(session, guide_of(world), made.id, sealer, files)[1] == PDF
        with pytest.raises(FileNotFoundError):
            files.read(slow.last)


def told_to_faculty(session):
    mails = session.scalars(select(Mail))
    mine = [mail for mail in mails if mail.facts["to"] == "faculty"]
    return {(one.facts["title"], "they get no new students" in written(one.kind, one.facts, "en")[1]) for one in mine}


@pytest.mark.both_databases
class TestTheCalendar:
    def test_sixty_days_before_it_ends_its_holder_hears_and_again_when_it_has_lapsed(self, app, session, world):
        made = verified(app, session, world, days=30)
        for _twice in range(2):
            tend_credentials(session, now=NOON)
        assert made.state is CredentialState.EXPIRING
        later = NOON + 31 * DAY
        assert tend_credentials(session, now=later) == 1
        assert tend_credentials(session, now=later) == 0
        assert made.state is CredentialState.LAPSED
        told = [(one.person_id, one.facts["what"], one.facts["to"]) for one in session.scalars(select(Mail))]
        guide, faculty = world.guide.id, world.faculty.id
        assert sorted(told) == sorted([
            (guide, "verified", "holder"), (guide, "expiring", "holder"), (guide, "lapsed", "holder"),
            (faculty, "lapsed", "faculty"),
        ])  # fmt: skip

    def test_faculty_who_left_hear_nothing(self, app, session, world):
        gone = person(session, world.institution)
        membership(session, world.context, gone, is_student=False, is_faculty=True, status=MembershipStatus.LEFT)
        verified(app, session, world, days=1)
        tend_credentials(session, now=NOON + 3 * DAY)
        assert gone.id not in set(session.scalars(select(Mail.person_id)))

    def test_faculty_hear_that_it_stops_new_students_only_where_the_track_asks_and_none_is_left(
        self, app, session, world
    ):
        neighbour = World(session, inside=world.deployment)
        mentor(session, neighbour.track, world.guide)
        for course in (world, neighbour):
            course.track.title = "Asks" if course is world else "Does not ask"
            course.track.credential_needed = course is world
        verified(app, session, world, facts=DEGREE)
        verified(app, session, world, days=1)
        tend_credentials(session, now=NOON + 3 * DAY)
        assert told_to_faculty(session) == {("Asks", True), ("Does not ask", False)}

    @pytest.mark.parametrize("left", [LICENCE, DEGREE])
    def test_where_a_degree_lapses_and_something_else_will_do_faculty_hear_only_that(self, app, session, world, left):
        world.track.credential_needed = True
        verified(app, session, world, facts=left)
        verified(app, session, world, facts=DEGREE, days=1)
        tend_credentials(session, now=NOON + 3 * DAY)
        assert told_to_faculty(session) == {(world.track.title, False)}

    def test_of_two_that_lapse_in_one_night_neither_counts_for_the_other(self, app, session, world):
        world.track.credential_needed = True
        for facts in (DEGREE, DEGREE):
            verified(app, session, world, facts=facts, days=1)
        assert tend_credentials(session, now=NOON + 3 * DAY) == 2
        told = [mail.facts["stops"] for mail in session.scalars(select(Mail)) if mail.facts["to"] == "faculty"]
        assert told == [1, 1]

    def test_the_faculty_of_two_tracks_of_a_course_hear_of_each(self, app, session, world):
        second = track(session, world.context, title="Asks, too", credential_needed=True)
        mentor(session, second, world.guide)
        verified(app, session, world, days=1)
        tend_credentials(session, now=NOON + 3 * DAY)
        assert told_to_faculty(session) == {(world.track.title, False), ("Asks, too", True)}

    def test_a_lapse_stops_new_matches_where_the_track_asks_and_ends_none(self, app, session, world):
        def barred():
            session.flush()
            return mentors_now(session, world.track)[world.mentor.id].barred

        assert barred() is None
        world.track.credential_needed = True
        assert barred() is Obstacle.CREDENTIAL_NEEDED
        verified(app, session, world, days=1)
        assert barred() is None
        tend_credentials(session, now=NOON + 3 * DAY)
        assert barred() is Obstacle.CREDENTIAL_NEEDED
        session.refresh(world.mentorship)
        assert world.mentorship.ended_at is None
        [line] = checked_lines(session, world.institution.id, [world.guide.id])[world.guide.id]
        assert line.state is CredentialState.LAPSED


def test_lists_cost_the_same_few_statements_for_many(app, session, world):
    verified(app, session, world)
    by = world.sitter()
    with counting(session) as few:
        credentials_page(session, by)
        checking_page(session, by)
        own_credentials(session, guide_of(world))
        checked_lines(session, world.institution.id, [world.guide.id])
    for _more in range(15):
        who = person(session, world.institution)
        mentor(session, world.track, who)
        credential(app, session, world, who)
        document(app, session, world, credential(app, session, world))
    with counting(session) as many:
        page = credentials_page(session, by)
        checking_page(session, by)
        own_credentials(session, guide_of(world))
        checked_lines(session, world.institution.id, [world.guide.id])
    assert (len(page.rows), page.paged.total, page.waiting) == (25, 31, 30)
    assert len(many) <= len(few) + 2  # files, once there are documents

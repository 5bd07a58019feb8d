"""Credentials: what mentors declare and show of themselves, and the pages of those who check it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, send_file, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import (
    ADMINISTRATOR,
    APPLICANT,
    IN_COURSE_OR_OFFICE,
    VERIFIER,
    current_seat,
    requires,
)
from lti_mentoring.blueprints._credential_words import PILLS, dated, explain_all, happened, register_words
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._milestone_words import size_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.credentials import (
    NOTHING_SEEN,
    Checkers,
    CredentialReasonNeeded,
    CredentialState,
    CredentialStepKind,
    DatesTwisted,
    SinceImpossible,
    TooManyCredentials,
    UntilNeeded,
)
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.registers import REGISTERS, NationalIdentity, NumberRefused
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.credentials import (
    CHECKERS,
    CheckersForm,
    CredentialForm,
    DocumentForm,
    LookUpForm,
    RevokeForm,
    VerifyForm,
)
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries import credentials as reads
from lti_mentoring.queries.profiles import may_have_profile, profile_of
from lti_mentoring.services import credentials
from lti_mentoring.services.administering import choose_checkers
from lti_mentoring.services.credential_documents import ACCEPT, TooManyDocuments, add_document, read_document
from lti_mentoring.services.evidence import Upload, erase
from lti_mentoring.services.file_kinds import FileEmpty, FileRefused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.credentials import CredentialView
    from lti_mentoring.sealing import Sealer
    from lti_mentoring.storage import FileStore

bp = Blueprint("credentials", __name__)


@bp.get("/profile/credentials")
@requires(APPLICANT)
def mine() -> ResponseReturnValue:
    """Show what one has declared, and how far it was checked."""
    return _mine(CredentialForm())


@bp.post("/profile/credentials")
@requires(APPLICANT)
def declare() -> ResponseReturnValue:
    """Declare one more."""
    form = CredentialForm(request.form)
    if not form.validate():
        return _mine(form, 422)
    try:
        with unit_of_work() as session:
            credentials.declare(session, current_seat(), form.facts(), _sealer(), now=utcnow())
    except (NumberRefused, NationalIdentity) as refused:
        if "looks_like" in refused.facts:
            refused.facts["looks_like"] = _(str(refused.facts["looks_like"]))
        form.number.errors = [say(refused)]
        return _mine(form, 422)
    except DatesTwisted as twisted:
        form.expires_on.errors = [say(twisted)]
        return _mine(form, 422)
    except TooManyCredentials as many:
        form.title.errors = [say(many)]
        return _mine(form, 422)
    told = _("Declared. Hand in a document of it, so that somebody can check it.")
    return redirect_or_hx(url_for("credentials.mine"), told=told)


@bp.post("/profile/credentials/<int:credential_id>/document")
@requires(APPLICANT)
def show_document(credential_id: int) -> ResponseReturnValue:
    """Keep a scan of one's own credential, sealed."""
    reads.own_credential(db.session(), current_seat(), credential_id)  # another's is not there, whatever was sent
    sent = request.files.get("file")
    upload = Upload(sent.filename or "", sent.read()) if sent is not None and sent.filename else None
    try:
        if upload is None:
            raise FileEmpty(name="")
        with unit_of_work() as session:
            add_document(session, current_seat(), credential_id, upload, _sealer(), _files(), now=utcnow())
    except (FileRefused, TooManyDocuments) as refused:
        form = DocumentForm()
        form.file.errors = [say(refused)]
        return _mine(CredentialForm(), 422, document=(credential_id, form))
    told = _("Kept. You, and whoever checks credentials, can open it, and nobody else.")
    return redirect_or_hx(url_for("credentials.mine"), told=told)


@bp.post("/profile/credentials/<int:credential_id>/remove")
@requires(APPLICANT)
def remove(credential_id: int) -> ResponseReturnValue:
    """Take one's own credential away."""
    with unit_of_work() as session:
        keys = credentials.remove(session, current_seat(), credential_id, now=utcnow())
    erase(_files(), keys)
    told = _("Removed. Its number and documents are erased.")
    return redirect_or_hx(url_for("credentials.mine"), told=told)


@bp.get("/credentials/documents/<int:document_id>")
@requires(IN_COURSE_OR_OFFICE)
def document(document_id: int) -> ResponseReturnValue:
    """Hand out a document to its holder or to who may check it; it is never shown inside our own pages."""
    try:
        file, content = read_document(db.session(), current_seat(), document_id, _sealer(), _files())
    except FileNotFoundError:
        raise NotFound from None
    return send_file(io.BytesIO(content), file.media_type, as_attachment=True, download_name=file.name)


@bp.get("/credentials")
@requires(VERIFIER)
def listed() -> ResponseReturnValue:
    """Show the credentials that one may check, those that wait first, and who checks here."""
    return _listed()


@bp.post("/credentials/checkers")
@requires(ADMINISTRATOR)
def choose() -> ResponseReturnValue:
    """Say who of the institution checks."""
    form, seat = CheckersForm(request.form), current_seat()
    if not form.validate():
        return _listed(form, 422)
    with unit_of_work() as session:
        choose_checkers(session, seat.institution_id, Checkers(str(form.checkers.data)), by=seat, now=utcnow())
    return redirect_or_hx(url_for(".listed"), told=_("Saved."))


@bp.get("/credentials/<int:credential_id>")
@requires(VERIFIER)
def one(credential_id: int) -> ResponseReturnValue:
    """Show one with its number and documents."""
    return _one(credential_id)


@bp.post("/credentials/<int:credential_id>/look-up")
@requires(VERIFIER)
def look_up(credential_id: int) -> ResponseReturnValue:
    """Note a look at the register."""
    form = LookUpForm(request.form, prefix="look-")
    if not form.validate():
        return _one(credential_id, 422, look=form)
    with unit_of_work() as session:
        credentials.look_up(session, current_seat(), credential_id, form.words.data or "", now=utcnow())
    return redirect_or_hx(url_for(".one", credential_id=credential_id), told=_("Noted."))


@bp.post("/credentials/<int:credential_id>/verify")
@requires(VERIFIER)
def verify(credential_id: int) -> ResponseReturnValue:
    """Say that it is right, and until when."""
    view = reads.credential_view(db.session(), current_seat(), credential_id)
    form = VerifyForm(_subjects(view), request.form)
    if not form.validate():
        return _one(credential_id, 422, verify=form)
    try:
        with unit_of_work() as session:
            credentials.verify(session, current_seat(), credential_id, form.check(), now=utcnow())
    except UntilNeeded as needed:
        form.until.errors = [say(needed)]
        return _one(credential_id, 422, verify=form)
    except SinceImpossible as impossible:
        form.since.errors = [say(impossible)]
        return _one(credential_id, 422, verify=form)
    told = _("Verified. Its holder gets a mail.")
    return redirect_or_hx(url_for(".one", credential_id=credential_id), told=told)


@bp.post("/credentials/<int:credential_id>/revoke")
@requires(VERIFIER)
def revoke(credential_id: int) -> ResponseReturnValue:
    """Withdraw it for good."""
    form = RevokeForm(request.form, prefix="revoke-")
    if not form.validate():
        return _one(credential_id, 422, revoke=form)
    try:
        with unit_of_work() as session:
            credentials.revoke(session, current_seat(), credential_id, form.reason.data or "", now=utcnow())
    except CredentialReasonNeeded as needed:
        form.reason.errors = [say(needed)]
        return _one(credential_id, 422, revoke=form)
    told = _("Withdrawn. Its holder gets a mail.")
    return redirect_or_hx(url_for(".one", credential_id=credential_id), told=told)


def _listed(form: CheckersForm | None = None, status: int = 200) -> ResponseReturnValue:
    seat, session = current_seat(), db.session()
    page = reads.credentials_page(session, seat, request.args.get("page", 1, type=int))
    checking = reads.checking_page(session, seat)
    return render(
        "credentials/list.html", "credentials/_list.html", status,
        page=page, pills=PILLS, register_words=register_words, checking=checking,
        chooses=seat.role is SeatRole.ADMINISTRATOR, form=form or CheckersForm(data={"checkers": checking.checkers}),
        smalls={one.value: small for one, (_words, small) in CHECKERS.items()},
    )  # fmt: skip


def _mine(
    form: CredentialForm, status: int = 200, *, document: tuple[int, DocumentForm] | None = None
) -> ResponseReturnValue:
    seat, session = current_seat(), db.session()
    may = may_have_profile(session, seat)
    views = reads.own_credentials(session, seat) if may else ()
    shown = [(view, _number(view), happened(view.steps)) for view in views]
    return render(
        "credentials/mine.html", "credentials/mine.html", status,
        shown=shown, form=form, may=may, checkers=reads.checkers_of(session, seat).value,
        document=document or (0, DocumentForm()), accept=ACCEPT, pills=PILLS,
        size_words=size_words, register_words=register_words, dated=dated,
    )  # fmt: skip


def _one(
    credential_id: int,
    status: int = 200,
    *,
    look: LookUpForm | None = None,
    verify: VerifyForm | None = None,
    revoke: RevokeForm | None = None,
) -> ResponseReturnValue:
    view = reads.credential_view(db.session(), current_seat(), credential_id)
    one = view.credential
    checks = [step.practice for step in view.steps if step.kind is CredentialStepKind.VERIFIED]
    seen = checks[-1] if checks else NOTHING_SEEN
    asked = {"until": one.expires_on, "since": seen.since, "specialties": list(seen.specialties)}
    return render(
        "credentials/one.html", "credentials/one.html", status,
        view=view, number=_number(view), events=happened(view.steps), pill=PILLS[one.state], size_words=size_words,
        register=REGISTERS[one.register], register_words=register_words, dated=dated,
        own=view.person_id == current_seat().person_id, withdrawn=one.state is CredentialState.REVOKED,
        look=look or LookUpForm(prefix="look-"), revoke=revoke or RevokeForm(prefix="revoke-"),
        verify=verify or VerifyForm(_subjects(view), data=asked),
    )  # fmt: skip


def _subjects(view: CredentialView) -> tuple[str, ...]:
    """Return the keys of the subjects that a credential's holder says; only these can be ticked as seen."""
    return profile_of(db.session(), current_seat().institution_id, view.person_id).of(TermKind.SPECIALTY)


def _number(view: CredentialView) -> str:
    one = view.credential
    return _sealer().open(one.sealed_number, place_of(one, "sealed_number")) if one.sealed_number else ""


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["sealer"]
    return sealer


def _files() -> FileStore:
    store: FileStore = current_app.extensions["files"]
    return store


explain_all()

"""What strangers and their software ask about certificates. No seat, no cookie, nothing kept about who asked."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lti_mentoring.awarding.badge import did_document, issuer_profile
from lti_mentoring.awarding.baking import MAX_FILE_BYTES, credential_in
from lti_mentoring.awarding.failures import UnreadableFile
from lti_mentoring.awarding.signing import public_key_from_multikey
from lti_mentoring.awarding.verification import Outcome, Verdict, verify_document
from lti_mentoring.blueprints._access import PUBLIC, requires
from lti_mentoring.blueprints._award_words import full_day, issuing_desk
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.awards import CheckForm
from lti_mentoring.queries import public_awards as queries
from lti_mentoring.services.issuers import issuer_facts, signed_list, signed_list_token

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage
    from werkzeug.wrappers import Response

bp = Blueprint("verify", __name__)
LINKED_DATA = "application/ld+json"
TOKEN = "application/vc+jwt"  # noqa: S105 - a media type
MOST_BYTES = MAX_FILE_BYTES + 64 * 1024
"""Of the whole form around the file."""
FEW_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and, where the award is ours, our own record of it: what a file shows to the eye is not signed."""

    outcome: Outcome
    record: queries.PublicRecord | None
    from_file: bool = False


@bp.get("/verify")
@requires(PUBLIC)
def check() -> ResponseReturnValue:
    """Ask for a file."""
    return _form_page(CheckForm())


@bp.post("/verify")
@requires(PUBLIC)
def judge() -> ResponseReturnValue:
    """Check a file and say what it is."""
    form = CheckForm()
    try:
        return _answer_page(_judged(credential_in(_sent()), from_file=True))
    except UnreadableFile as unreadable:
        form.certificate.errors = [_unreadable_words(str(unreadable.facts["reason"]))]
        return _form_page(form, 422)


@bp.get("/verify/<public_id>")
@requires(PUBLIC)
def show(public_id: str) -> ResponseReturnValue:
    """Say whether a certificate is valid."""
    award = queries.public_award(db.session(), public_id)
    return _answer_page(Answer(Outcome.NOT_OURS, None) if award is None else _judged(award.document))


@bp.get("/awards/<public_id>")
@requires(PUBLIC)
def document(public_id: str) -> ResponseReturnValue:
    """Give the signed document to software, the page about it to people."""
    award = queries.public_award(db.session(), public_id)
    if request.accept_mimetypes.best_match((LINKED_DATA, "application/json", "text/html")) == "text/html":
        return redirect(url_for("verify.show", public_id=public_id), 303)
    if award is None:
        raise NotFound
    return _published(award.document, LINKED_DATA, 0)


@bp.get("/issuers/<public_id>")
@requires(PUBLIC)
def issuer(public_id: str) -> ResponseReturnValue:
    """Give the issuer's profile."""
    institution, key = _issuer(public_id)
    return _published(
        issuer_profile(issuing_desk().public_url, issuer_facts(key, institution)), LINKED_DATA, FEW_MINUTES
    )


@bp.get("/issuers/<public_id>/did.json")
@requires(PUBLIC)
def did(public_id: str) -> ResponseReturnValue:
    """Give the issuer's did:web document; a did:key needs none."""
    _institution, key = _issuer(public_id)
    if not key.did.startswith("did:web:"):
        raise NotFound
    return _published(
        did_document(key.did, [public_key_from_multikey(key.public_key)]), "application/did+ld+json", FEW_MINUTES
    )


@bp.get("/status/<public_id>")
@requires(PUBLIC)
def status(public_id: str) -> ResponseReturnValue:
    """Give a status list, signed now: as a JWT to who asks for one, else with its Data Integrity proof."""
    found = queries.status_list(db.session(), public_id)
    if found is None:
        raise NotFound
    desk, now = issuing_desk(), utcnow()
    if request.accept_mimetypes.best_match((LINKED_DATA, "application/vc+ld+json", "application/json", TOKEN)) == TOKEN:
        return _published(signed_list_token(desk, *found, now=now), TOKEN, FEW_MINUTES)
    return _published(signed_list(desk, *found, now=now), LINKED_DATA, FEW_MINUTES)


def _sent() -> bytes:
    """Read the file that was sent; raise UnreadableFile for none, and above the cap whatever it is."""
    if (request.content_length or 0) > MOST_BYTES:
        raise UnreadableFile("the file is too large", reason="too_large")
    request.max_content_length = MOST_BYTES
    sent: FileStorage | None = request.files.get("certificate")
    content = b""
    if sent is not None:
        with closing(sent):  # a large one lies in a temporary file
            content = sent.read()
    if not content:
        raise UnreadableFile("nothing sent", reason="nothing")
    return content


def _judged(found: dict[str, Any], *, from_file: bool = False) -> Answer:
    session = db.session()
    verdict: Verdict = verify_document(
        found,
        public_key_of=partial(queries.public_key_of, session),
        is_withdrawn=partial(queries.is_withdrawn, session),
        now=utcnow(),
    )
    if verdict.credential_id is None:
        return Answer(verdict.outcome, None, from_file)
    record = queries.public_record(session, verdict.credential_id.rpartition("/")[2])
    # Our signature on an award that we have no record of: nothing that we could vouch for.
    return Answer(verdict.outcome if record else Outcome.NOT_OURS, record, from_file)


def _issuer(public_id: str) -> tuple[Any, Any]:
    found = queries.issuer_keys(db.session(), public_id)
    if found is None:
        raise NotFound
    return found


def _form_page(form: CheckForm, code: int = 200) -> Response:
    return make_response(render_template("verify/check.html", form=form), code)


def _answer_page(answer: Answer) -> Response:
    code = 404 if answer.outcome is Outcome.NOT_OURS and not answer.from_file else 200
    page = render_template("verify/show.html", answer=answer, record=answer.record, form=CheckForm(), full_day=full_day)
    return make_response(page, code)


def _published(content: dict[str, Any] | str, kind: str, seconds: int) -> Response:
    """Answer to any site's script and to caches, for a few minutes at most."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    response = make_response(text)
    response.headers["Content-Type"] = kind
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    response.vary.add("Accept")
    return response


def _unreadable_words(reason: str) -> str:
    words: dict[str, str] = {
        "nothing": _("Choose a file first"),
        "too_large": _("This file is larger than 4 MB. A certificate of ours is much smaller"),
        "unknown_kind": _("This is neither a PDF, PNG, SVG nor JSON file"),
        "malformed": _("This file is damaged: it cannot be read"),
        "no_credential": _(
            "There is no certificate in this file. Ask the holder for the original, not a scan or a print"
        ),
    }
    return words[reason]

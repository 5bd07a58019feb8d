"""What pages that ask for a passkey share: the question to the browser, the use of its answer, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, url_for
from flask_babel import gettext as _

from lti_mentoring import passkeys as border
from lti_mentoring.blueprints._account_session import bind_browser, browser_secret, end, keep_browser, site, source
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.models import ChallengeUse
from lti_mentoring.queries.accounts import known_credentials
from lti_mentoring.services import passkeys

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from lti_mentoring.models import Account
    from lti_mentoring.passkeys import Answer


def wanted_of_a_new_passkey(session: Session, account: Account, *, now: datetime) -> dict[str, object]:
    """Make a challenge for a new passkey of the account; return what the browser shall be asked for."""
    challenge = passkeys.make_challenge(
        session, ChallengeUse.ENROL, browser=bind_browser(), source=source(), account=account, now=now
    )
    known = known_credentials(session, account.id)
    return border.ask_to_enrol(
        site(), challenge, tool=_("Mentoring"), name=account.name, user_handle=account.user_handle, known=known
    )


def asked(wanted: dict[str, object]) -> Response:
    """Answer the script with what it shall ask the browser for."""
    response = jsonify(wanted)
    keep_browser(response)
    return response


def answered(answer: Answer, use: ChallengeUse, account_id: int | None) -> None:
    """Use up the challenge that was answered, whatever comes of the answer; raise where it was not this browser's."""
    with unit_of_work() as session:
        passkeys.use_challenge(
            session, answer.challenge, use, browser=browser_secret(), account_id=account_id, now=utcnow()
        )


def signed_out(words: str) -> Response:
    """Lead to the sign-in page, the session's secret taken away."""
    response = redirect_or_hx(url_for("signing_in.show"), told=words)
    end(response)
    return response

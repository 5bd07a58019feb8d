"""Passkeys: challenges for one browser, the first passkey by a link, signing in, the check in between, removal."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from lti_mentoring import passkeys as border
from lti_mentoring.domain.accounts import (
    CHALLENGE_LASTS,
    MOST_ATTEMPTS,
    Holder,
    is_fresh,
    may_remove_passkey,
    was_copied,
)
from lti_mentoring.errors import MentoringError, NotAllowed, NotFound, Refused
from lti_mentoring.models import Account, ChallengeUse, Passkey, PasskeyChallenge, SignInSession
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.services import auditing
from lti_mentoring.services.accounts import begin_session, end_sessions, open_link, use_link

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.passkeys import Answer, Site

CHALLENGE_BYTES = 32


class TooManyAttempts(MentoringError):
    """This network address asked for too many challenges in a short time."""

    code = "too_many"
    status = 429


class ChallengeUnknown(Refused):
    """We never asked this, or it was answered already."""

    code = "passkey_challenge_unknown"


class ChallengeTooOld(Refused):
    """The answer came after five minutes."""

    code = "passkey_challenge_too_old"


class ChallengeOfAnotherBrowser(Refused):
    """Another browser was asked."""

    code = "passkey_other_browser"


class PasskeyUnknown(Refused):
    """No account has this passkey, or it belongs to another account than it says."""

    code = "passkey_unknown"


class PasskeyCopied(Refused):
    """Its counter did not move on: the passkey may have been copied."""

    code = "passkey_copied"


class PasskeyKnown(Refused):
    """This device's passkey is there already."""

    code = "passkey_known"


class AccountDisabled(Refused):
    """Somebody switched the account off."""

    code = "account_disabled"
    status = 403


class LastPasskey(Refused):
    """It is the only way in."""

    code = "last_passkey"


class CheckNeeded(NotAllowed):
    """The last passkey was shown too long ago for this."""

    code = "passkey_check_needed"


def make_challenge(
    session: Session, use: ChallengeUse, *, browser: str, source: str, account: Account | None = None, now: datetime
) -> bytes:
    """Make a challenge for one browser, kept as a hash; raise TooManyAttempts when one source asks too often."""
    recent = select(func.count()).where(
        PasskeyChallenge.source_hash == source, PasskeyChallenge.created_at > now - CHALLENGE_LASTS
    )
    if (session.scalar(recent) or 0) >= MOST_ATTEMPTS:
        raise TooManyAttempts
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session.add(
        PasskeyChallenge(
            challenge_hash=_digest(challenge),
            browser_hash=hash_of(browser),
            source_hash=source,
            use=use,
            account_id=account.id if account else None,
            institution_id=account.institution_id if account else None,
            created_at=now,
            expires_at=now + CHALLENGE_LASTS,
        )
    )
    return challenge


def use_challenge(
    session: Session, challenge: bytes, use: ChallengeUse, *, browser: str, account_id: int | None, now: datetime
) -> None:
    """Use a challenge up; raise unless this browser was asked it, for this, and not long ago.

    In a unit of work of its own, before anything is proved: an answer that fails has used it up, too.
    """
    found = session.scalar(
        update(PasskeyChallenge)
        .where(PasskeyChallenge.challenge_hash == _digest(challenge), PasskeyChallenge.used_at.is_(None))
        .values(used_at=now)
        .returning(PasskeyChallenge)
    )
    if found is None or found.use is not use or found.account_id != account_id:
        raise ChallengeUnknown
    if found.browser_hash != hash_of(browser):
        raise ChallengeOfAnotherBrowser
    if found.expires_at <= now:
        raise ChallengeTooOld


def sign_in(session: Session, answer: Answer, site: Site, *, now: datetime) -> str:
    """Sign in whoever the passkey belongs to; return the new secret for the browser."""
    passkey, account = _prove(session, answer, site, now=now)
    return begin_session(session, account, passkey.id, now=now)


def check(session: Session, holder: Holder, answer: Answer, site: Site, *, now: datetime) -> None:
    """Let the holder show a passkey again; for a few minutes passkeys and colleagues may change."""
    _passkey, account = _prove(session, answer, site, now=now)
    if account.id != holder.account_id:
        raise PasskeyUnknown
    session.execute(update(SignInSession).where(SignInSession.id == holder.session_id).values(checked_at=now))
    auditing.record(session, holder, "account.checked", "sign_in_session", holder.session_id, now=now)


def need_fresh_check(holder: Holder, *, now: datetime) -> None:
    """Raise CheckNeeded when the last passkey was shown more than a few minutes ago."""
    if not is_fresh(holder.checked_at, now=now):
        raise CheckNeeded


def enrol_by_link(session: Session, token: str, answer: Answer, name: str, site: Site, *, now: datetime) -> str:
    """Use a link up: keep the new passkey and sign its account in; return the secret for the browser."""
    link, account = open_link(session, token, now=now)
    use_link(session, link, now=now)
    passkey = _keep(session, account, answer, site, name, now=now)
    return begin_session(session, account, passkey.id, now=now)


def add_passkey(session: Session, holder: Holder, answer: Answer, name: str, site: Site, *, now: datetime) -> Passkey:
    """Keep one more passkey of the holder's; raise CheckNeeded when the last check is long ago."""
    need_fresh_check(holder, now=now)
    return _keep(session, session.get_one(Account, holder.account_id), answer, site, name, now=now)


def remove_passkey(
    session: Session, holder: Holder, passkey_id: int, *, now: datetime, by_mail: bool = False
) -> Passkey:
    """Remove one of the holder's passkeys with every session that it opened; never the last way in.

    ``by_mail``: the holder can have a link sent.
    """
    need_fresh_check(holder, now=now)
    # Locked, so that of the last two passkeys not both go at once.
    session.execute(select(Account.id).where(Account.id == holder.account_id).with_for_update())
    own = {one.id: one for one in session.scalars(select(Passkey).where(Passkey.account_id == holder.account_id))}
    found = own.get(passkey_id)
    if found is None:
        raise NotFound
    if not may_remove_passkey(len(own), by_mail=by_mail):
        raise LastPasskey
    end_sessions(session, holder.account_id, now=now, passkey_id=found.id)
    session.execute(update(SignInSession).where(SignInSession.passkey_id == found.id).values(passkey_id=None))
    session.execute(delete(Passkey).where(Passkey.id == found.id))
    auditing.record(session, holder, "passkey.removed", "passkey", found.id, now=now)
    return found


def _prove(session: Session, answer: Answer, site: Site, *, now: datetime) -> tuple[Passkey, Account]:
    row = session.execute(
        select(Passkey, Account)
        .join(Account, Account.id == Passkey.account_id)
        .where(Passkey.credential_id == answer.credential_id)
        .with_for_update(of=Passkey)
    ).one_or_none()
    if row is None:
        raise PasskeyUnknown
    passkey, account = row
    if answer.user_handle != account.user_handle:
        raise PasskeyUnknown
    if was_copied(passkey.sign_count, answer.sign_count):
        raise PasskeyCopied
    border.prove_sign_in(answer, site, public_key=passkey.public_key, sign_count=passkey.sign_count)
    if account.disabled_at is not None:
        raise AccountDisabled
    passkey.sign_count, passkey.used_at = answer.sign_count, now
    return passkey, account


def _keep(session: Session, account: Account, answer: Answer, site: Site, name: str, *, now: datetime) -> Passkey:
    made = border.prove_enrolment(answer, site)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise PasskeyKnown
    passkey = Passkey(
        account_id=account.id,
        institution_id=account.institution_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=list(made.transports),
        name=name,
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    auditing.record_account(session, account, "passkey.added", "passkey", passkey.id, now=now)
    return passkey


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()

"""The composition root: the only file that knows everything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_mentoring import db, languages, logs
from lti_mentoring.blueprints import (
    _access,
    _failures,
    _headers,
    _measures,
    _no_session,
    _place,
    _static_files,
    _way_back,
    _wire,
    _words,
    account,
    admin,
    applications,
    assessments,
    assigning,
    attempts,
    awards,
    board,
    by_hand,
    choosing,
    concern_handlers,
    concerns,
    conflicts,
    copying,
    credentials,
    decisions,
    demand,
    directory,
    fairness,
    goals,
    grades,
    hand_groups,
    health,
    home,
    introductions,
    invited,
    inviting,
    jobs,
    leavers,
    levels,
    lti,
    mailed_links,
    mails,
    matching_policies,
    meetings,
    mentor_badges,
    mentor_choices,
    mentor_pages,
    mentor_requests,
    mentor_roles,
    mentoring_domains,
    mentors,
    milestones,
    notices,
    operating,
    outside,
    picking,
    placing,
    privacy,
    profiles,
    public_mentors,
    quiet_hours,
    rank_lists,
    recommendations,
    registering,
    round_changes,
    rounds,
    seeking,
    signing_in,
    tests,
    tickets,
    tracks,
    verify,
    waiting_list,
    why,
)
from lti_mentoring.blueprints._access import locale_wanted
from lti_mentoring.celery_app import make_celery
from lti_mentoring.clock import utcnow
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.lti.platform_keys import KeyMemory
from lti_mentoring.plugins import load_matcher, load_matchers, load_quirks
from lti_mentoring.postbox import Postbox
from lti_mentoring.reactions import Reactor
from lti_mentoring.sealing import KeyFile, Sealer
from lti_mentoring.services.keys import StoredSigner
from lti_mentoring.services.registrations import RegistrationMemory, StoredTokens
from lti_mentoring.settings import MEGABYTE, Settings
from lti_mentoring.signed_links import LinkSigner
from lti_mentoring.storage import LocalFiles

PACKAGE = Path(__file__).resolve().parent
BLUEPRINTS = (
    account,
    admin,
    applications,
    assessments,
    assigning,
    attempts,
    awards,
    board,
    by_hand,
    choosing,
    concern_handlers,
    concerns,
    conflicts,
    copying,
    credentials,
    demand,
    decisions,
    directory,
    fairness,
    goals,
    grades,
    hand_groups,
    health,
    home,
    introductions,
    invited,
    inviting,
    jobs,
    leavers,
    levels,
    lti,
    mailed_links,
    mails,
    matching_policies,
    meetings,
    mentor_badges,
    mentor_choices,
    mentor_pages,
    mentor_requests,
    mentor_roles,
    mentoring_domains,
    mentors,
    milestones,
    notices,
    operating,
    outside,
    picking,
    placing,
    privacy,
    profiles,
    public_mentors,
    quiet_hours,
    rank_lists,
    recommendations,
    registering,
    round_changes,
    rounds,
    seeking,
    signing_in,
    tests,
    tickets,
    tracks,
    verify,
    waiting_list,
    why,
)


class Application(Flask):
    """Flask that does not ask at each request whether our functions are coroutines: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def template_folder() -> Path:
    """Return where the templates are: inside the package in a wheel, beside it in a checkout."""
    packaged = PACKAGE / "templates"
    return packaged if packaged.is_dir() else PACKAGE.parent / "templates"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; raise SettingsError or PluginBroken when it may not start."""
    settings = settings or Settings.from_env(os.environ)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = Application("lti_mentoring", root_path=str(PACKAGE), template_folder=str(template_folder()))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        MIGRATIONS_DIR=str(PACKAGE / "migrations"),
        MAX_CONTENT_LENGTH=settings.upload_limit + MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        UPLOAD_LIMIT_MB=settings.upload_limit // MEGABYTE,
        PROPAGATE_EXCEPTIONS=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask documents wrapping it so
    _wire.prepare(app)
    app.extensions["settings"] = settings
    app.extensions["sealer"] = sealer_of(settings)
    app.extensions["invitation_signer"] = LinkSigner(settings.secret_key, "mentor-invitation")
    app.extensions["files"] = LocalFiles(settings.data_dir / "files")
    app.extensions["postbox"] = Postbox(settings.smtp_url, settings.mail_from)
    app.extensions.update(platform_side(settings, app.extensions["sealer"]))
    app.extensions["matcher"] = load_matcher(settings.plugins)
    app.extensions["matchers"] = load_matchers(settings.plugins)
    app.extensions["quirks"] = load_quirks(settings.plugins)
    logs.init_app(app)
    languages.init_app(app, locale_wanted, filter(None, (PACKAGE / "translations", settings.translations_dir)))
    db.init_app(app)
    app.extensions["react"] = Reactor(make_celery(app, settings))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint.bp)
    for edge in (_no_session, _measures, _headers, _static_files, _access, _failures, _place, _way_back):
        edge.init_app(app)
    _words.register_words(app)
    return app


def sealer_of(settings: Settings) -> Sealer:
    """Return what opens stored secrets; the first start makes its key file."""
    file = KeyFile(settings.key_file)
    file.ensure()
    return Sealer(settings.secret_key, file)


def platform_side(settings: Settings, sealer: Sealer) -> dict[str, object]:
    """Return what this process holds to talk to platforms: its connections, our keys, and what it remembers of them."""
    return {
        "platform_client": PlatformClient(allowed_private_hosts=settings.private_hosts),
        "signer": StoredSigner(db.unit_of_work, sealer, utcnow),
        "tokens": StoredTokens(db.unit_of_work, sealer),
        "registration_memory": RegistrationMemory(),
        "key_memory": KeyMemory(),
    }


def engine_options(settings: Settings) -> dict[str, object]:
    """Return the pool's options; ``db.prepare_engine`` checks connections that have rested."""
    quiet = {"hide_parameters": True}  # an error of the database must not carry names and secrets into the log
    if settings.embedded:
        return {**quiet, "connect_args": {"timeout": db.BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}}
    return {**quiet, "pool_size": 10, "max_overflow": 10, "pool_timeout": 5}

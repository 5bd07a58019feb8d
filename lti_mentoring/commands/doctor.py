"""``lti-mentoring doctor``: look at everything that has to be right, say each in a line, end with 1 on a problem."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from jinja2 import TemplateError

from lti_mentoring import awarding
from lti_mentoring.app import create_app
from lti_mentoring.blueprints.health import broker_state, database_state
from lti_mentoring.plugins import PluginBroken
from lti_mentoring.sealing import KeyFile, KeyFileUnreadable
from lti_mentoring.settings import SettingsError

if TYPE_CHECKING:
    from flask import Flask

    from lti_mentoring.postbox import Postbox
    from lti_mentoring.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``good`` False is a problem."""

    about: str
    good: bool
    words: str


@click.command("doctor")
def doctor() -> None:
    """Check settings, database, broker, templates, fonts, static files and keys."""
    found = list(examine())
    for one in found:
        click.echo(f"{'ok     ' if one.good else 'PROBLEM'}  {one.about}: {one.words}")
    if not all(one.good for one in found):
        raise SystemExit(1)


def examine() -> Iterator[Finding]:
    """Look at everything; without usable settings there is nothing more to look at."""
    try:
        app = create_app()
    except (SettingsError, PluginBroken, KeyFileUnreadable, OSError) as broken:
        yield Finding("settings", good=False, words=str(broken))
        return
    with app.app_context():
        for look in LOOKS:
            yield look(app)


def look_at_settings(app: Flask) -> Finding:
    """Say where the installation stands."""
    settings: Settings = app.extensions["settings"]
    kind = "SQLite" if settings.embedded else "PostgreSQL"
    return Finding("settings", good=True, words=f"{settings.public_url}, {kind}, data in {settings.data_dir}")


def look_at_folder(app: Flask) -> Finding:
    """Try to write where the local state lies."""
    folder: Path = app.extensions["settings"].data_dir
    return Finding("data folder", good=os.access(folder, os.W_OK), words=str(folder))


def look_at_database(app: Flask) -> Finding:
    """Reach the database and compare its tables with this version's."""
    settings: Settings = app.extensions["settings"]
    state = database_state()
    if state == "needs upgrade":
        return Finding(
            "database", good=settings.embedded, words="not at this version; lti-mentoring db upgrade brings it there"
        )
    return Finding("database", good=state == "ok", words="at this version" if state == "ok" else "does not answer")


def look_at_broker(_app: Flask) -> Finding:
    """Reach the broker."""
    state = broker_state()
    return Finding("broker", good=state == "ok", words="answers" if state == "ok" else "does not answer")


def look_at_templates(app: Flask) -> Finding:
    """Compile every template."""
    names = app.jinja_env.list_templates()
    broken = []
    for name in names:
        try:
            app.jinja_env.get_template(name)
        except (TemplateError, UnicodeDecodeError) as error:
            broken.append(f"{name} ({error})")
    return Finding("templates", good=bool(names) and not broken, words="; ".join(broken) or f"{len(names)} load")


def look_at_fonts(_app: Flask) -> Finding:
    """Compare the fonts of certificates with their hashes."""
    folder = Path(awarding.__file__).parent / "fonts"
    listed = json.loads((folder / "FONTS.json").read_text(encoding="utf-8"))["fonts"]
    return _compare("fonts", folder, {name: facts["sha256"] for name, facts in listed.items()})


def look_at_static(app: Flask) -> Finding:
    """Compare what others wrote with their hashes."""
    folder = Path(str(app.static_folder)) / "vendor"
    packages = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    return _compare(
        "static files", folder, {file["path"]: file["sha256"] for package in packages for file in package["files"]}
    )


def look_at_keys(_app: Flask) -> Finding:
    """Open our signing keys with the installation's secret."""
    if database_state() != "ok":
        return Finding("signing keys", good=True, words="made at the first start")
    ring = current_app.extensions["signer"].ring()
    return Finding("signing keys", good=bool(ring.active), words=f"{len(ring.keys)} published")


def look_at_field_keys(app: Flask) -> Finding:
    """Read the keys of stored fields, and see that nobody else may."""
    file = KeyFile(app.extensions["settings"].key_file)
    if not file.is_private:
        return Finding("field keys", good=False, words=f"others may read {file.path}; chmod 600 mends it")
    return Finding("field keys", good=True, words=f"{len(file.read())} in {file.path}")


def look_at_mail(app: Flask) -> Finding:
    """Say whether mails leave: outside mentors are invited and let in by them."""
    postbox: Postbox = app.extensions["postbox"]
    words = "leave" if postbox.is_open else "do not leave; outside mentors get no links, see LTI_MENTORING_SMTP_URL"
    return Finding("mails", good=True, words=words)


LOOKS: tuple[Callable[[Flask], Finding], ...] = (
    look_at_settings,
    look_at_folder,
    look_at_database,
    look_at_broker,
    look_at_templates,
    look_at_fonts,
    look_at_static,
    look_at_keys,
    look_at_mail,
    look_at_field_keys,
)


def _compare(about: str, folder: Path, listed: dict[str, str]) -> Finding:
    wrong = [name for name, wanted in listed.items() if _hash_of(folder / name) != wanted]
    return Finding(
        about,
        good=not wrong,
        words=", ".join(wrong) + " altered or missing" if wrong else f"{len(listed)} as published",
    )


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

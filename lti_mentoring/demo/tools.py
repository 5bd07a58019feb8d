"""The tools that the LMS knows, how new ones are let in, and what may be used only once."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from lti_mentoring.demo.config import CLIENT_ID, DEPLOYMENT_ID

if TYPE_CHECKING:
    import sqlite3

    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.store import Store

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope"
LINE_ITEM = f"{AGS}/lineitem"
LINE_ITEM_READ = f"{AGS}/lineitem.readonly"
RESULT_READ = f"{AGS}/result.readonly"
SCORE = f"{AGS}/score"
ROSTER_READ = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GROUPS_READ = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
NOTICE_HANDLERS = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
SCOPES = (LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, ROSTER_READ, GROUPS_READ, NOTICE_HANDLERS)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")
# An administrator has this long to finish a registration that was begun.
REGISTRATION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Tool:
    """One registered tool. ``claims`` decide what the LMS tells about people, as Moodle's privacy settings do.

    ``custom`` goes with the launches of all its links; a value that names a variable of the LMS is filled in.
    """

    client_id: str
    deployment_id: str
    name: str
    login_url: str
    target_link_uri: str
    jwks_url: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = SCOPES
    claims: tuple[str, ...] = CLAIMS
    deep_linking_url: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    id: int = 0


def seeded_tool(config: DemoConfig) -> Tool:
    """Return the tool that the demonstration registers by itself, as both sides agreed beforehand."""
    return Tool(
        client_id=CLIENT_ID,
        deployment_id=DEPLOYMENT_ID,
        name="Mentoring",
        login_url=config.login_url,
        target_link_uri=config.launch_url,
        jwks_url=config.tool_jwks_url,
        redirect_uris=(config.launch_url,),
        deep_linking_url=config.launch_url,
        custom={"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"},
    )


def save_tool(store: Store, tool: Tool) -> Tool:
    """Add a tool, or bring the one with the same client id up to date; return it with its number."""
    value = asdict(tool) | {"added_at": time.time()}
    for name in ("redirect_uris", "scopes", "claims", "custom"):
        value[name] = json.dumps(value[name])
    with store.writing() as connection:
        row = connection.execute(
            "INSERT INTO tool (client_id, deployment_id, name, login_url, target_link_uri, jwks_url, redirect_uris,"
            " scopes, claims, deep_linking_url, custom, added_at) VALUES (:client_id, :deployment_id, :name,"
            " :login_url, :target_link_uri, :jwks_url, :redirect_uris, :scopes, :claims, :deep_linking_url, :custom,"
            " :added_at)"
            " ON CONFLICT (client_id) DO UPDATE SET name = excluded.name, login_url = excluded.login_url,"
            " target_link_uri = excluded.target_link_uri, jwks_url = excluded.jwks_url,"
            " redirect_uris = excluded.redirect_uris, scopes = excluded.scopes, claims = excluded.claims,"
            " deep_linking_url = excluded.deep_linking_url, custom = excluded.custom RETURNING id",
            value,
        ).fetchone()
    return replace(tool, id=row["id"])


def all_tools(store: Store) -> list[Tool]:
    """Return every tool, the oldest first."""
    return [_tool(row) for row in store.rows("SELECT * FROM tool ORDER BY id")]


def tool_by_id(store: Store, number: int) -> Tool | None:
    """Return the tool with this number."""
    row = store.row("SELECT * FROM tool WHERE id = ?", number)
    return _tool(row) if row else None


def tool_by_client(store: Store, client_id: str) -> Tool | None:
    """Return the tool with this client id."""
    row = store.row("SELECT * FROM tool WHERE client_id = ?", client_id)
    return _tool(row) if row else None


def use_once(store: Store, kind: str, value: str, seconds: float) -> bool:
    """Say whether ``value`` is used for the first time; it is remembered for ``seconds``."""
    now = time.time()
    with store.writing() as connection:
        connection.execute("DELETE FROM seen_once WHERE expires_at < ?", (now,))
        added = connection.execute("INSERT OR IGNORE INTO seen_once VALUES (?, ?, ?)", (kind, value, now + seconds))
        return added.rowcount == 1


def new_registration_token(store: Store) -> str:
    """Make a token that lets one tool register itself, once, within the hour."""
    token = secrets.token_urlsafe(32)
    store.run("INSERT INTO registration_token VALUES (?, ?, 0)", token, time.time() + REGISTRATION_SECONDS)
    return token


def use_registration_token(store: Store, token: str) -> bool:
    """Use up a registration token; False when it is unknown, used or too old."""
    changed = store.run(
        "UPDATE registration_token SET used = 1 WHERE token = ? AND used = 0 AND expires_at > ?", token, time.time()
    )
    return changed == 1


def _tool(row: sqlite3.Row) -> Tool:
    value = {name: row[name] for name in Tool.__slots__}
    for name in ("redirect_uris", "scopes", "claims"):
        value[name] = tuple(json.loads(value[name]))
    return Tool(**{**value, "custom": json.loads(value["custom"])})

"""One view, one pair of templates: the whole page for a browser, the partial alone for htmx."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup, escape

from lti_mentoring.blueprints._access import SEAT_HEADER

TOLD = "told"
TOLD_FOR_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Telling:
    """One toast: what was done, and the way to undo it."""

    text: str
    undo_url: str = ""
    undo_label: str = ""


def wants_partial() -> bool:
    """Tell whether htmx asks for a part; a boosted visit and one restored by Back want the whole page."""
    asked = request.headers.get("HX-Request") == "true"
    whole = "HX-Boosted" in request.headers or "HX-History-Restore-Request" in request.headers
    return asked and not whole


def render(page: str, partial: str, status: int = 200, /, **view: object) -> Response:
    """Render the partial for htmx (with toasts and announcements out of band), else the page."""
    if wants_partial():
        body = render_template(partial, **view) + str(_out_of_band())
    else:
        body = render_template(page, tellings=tellings(), **view)
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def toast(text: str, undo_url: str = "", undo_label: str = "") -> None:
    """Say on the page now being made what was done; never the only place that says it."""
    g.setdefault("tellings", []).append(Telling(str(text), undo_url, str(undo_label)))


def announce(text: str) -> None:
    """Fill the page's live region, for those who do not see what changed."""
    g.announced = str(text)


def redirect_or_hx(url: str, told: str = "", undo_url: str = "", undo_label: str = "") -> Response:
    """Send the browser to a page of ours; `told` is shown there once as a toast, signed and without any cookie.

    Raises ValueError for an address that leaves this site.
    """
    if not _is_ours(url):
        raise ValueError(url)
    if told:
        url = _with_telling(url, Telling(str(told), undo_url, str(undo_label)))
    response = make_response("", 200 if wants_partial() else 303)
    response.headers[_way_to_say()] = url
    response.vary.add("HX-Request")
    return response


def _way_to_say() -> str:
    if not wants_partial():
        return "Location"
    # Where the seat is held in the page's memory the document must stay: its script fetches the address.
    return "HX-Location" if SEAT_HEADER in request.headers else "HX-Redirect"


def tellings() -> list[Telling]:
    """Return the toasts for the page being made: its own, and one brought along by a redirect."""
    return list(g.get("tellings", [])) + _brought_along()


def _brought_along() -> list[Telling]:
    signed = request.args.get(TOLD, "")
    if not signed or not current_app.secret_key:
        return []
    try:
        return [Telling(*_signer().loads(signed, max_age=TOLD_FOR_SECONDS))]
    except BadData:
        return []


def _with_telling(url: str, telling: Telling) -> str:
    if not current_app.secret_key:
        return url
    parts = urlsplit(url)
    signed = _signer().dumps([telling.text, telling.undo_url, telling.undo_label])
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != TOLD]
    return urlunsplit(parts._replace(query=urlencode([*query, (TOLD, signed)])))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="told-after-redirect")


def _is_ours(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\")) and not urlsplit(url).netloc


def _out_of_band() -> Markup:
    parts = Markup()
    if shown := tellings():
        toasts = Markup().join(_toast(telling) for telling in shown)
        parts += Markup('<div id="told" hx-swap-oob="innerHTML">{}</div>').format(toasts)
    if announced := g.get("announced"):
        parts += Markup('<p id="live" hx-swap-oob="innerHTML">{}</p>').format(escape(announced))
    return parts


def _toast(telling: Telling) -> Markup:
    undo = Markup()
    if telling.undo_url:
        words = telling.undo_label or _("Undo")
        undo = Markup('<a class="btn btn-sm" href="{}">{}</a>').format(telling.undo_url, words)
    return Markup('<div class="m-toast"><span>{}</span>{}</div>').format(telling.text, undo)

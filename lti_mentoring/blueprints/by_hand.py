"""Registering a platform by hand: both sides, in the words of the product that it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import ADMINISTRATOR, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._platform_words import change_words
from lti_mentoring.blueprints._tool import public_url, tool_description
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.administration import PlatformForm
from lti_mentoring.lti.quirks import Ours, Quirks, Theirs
from lti_mentoring.services.registering import RegistrationShared, RegistrationTaken, register_by_hand

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from lti_mentoring.lti.quirks import Addresses, Catalogue
    from lti_mentoring.services.registering import Stored

bp = Blueprint("by_hand", __name__, url_prefix="/admin/platforms/new")
# An LMS that has no record of its own: the words of the standards.
OTHER = "other"


@bp.get("")
@requires(ADMINISTRATOR)
def choose() -> ResponseReturnValue:
    """Ask which LMS it is."""
    products = [(record.product, record.name) for record in _catalogue() if record.by_hand]
    return render("admin/choose_product.html", "admin/choose_product.html", products=products, other=OTHER)


@bp.get("/<product>")
@requires(ADMINISTRATOR)
def show(product: str) -> ResponseReturnValue:
    """Show our values under the product's names for them, and the form for its values."""
    record = _record(product)
    places = record.by_hand.places if record.by_hand else ()
    place = request.args.get("place", 0, type=int)
    filled = places[place] if 0 <= place < len(places) else None
    return _page(record, PlatformForm(data=_filling(filled)), filled=filled)


@bp.post("/<product>")
@requires(ADMINISTRATOR)
def add(product: str) -> ResponseReturnValue:
    """Store a registration that was typed; one that is there already is mended, and what changed is said."""
    record, form, seat = _record(product), PlatformForm(request.form), current_seat()
    if not form.validate():
        return _page(record, form, status=422)
    try:
        with unit_of_work() as session:
            wanted = form.registration(record)
            stored = register_by_hand(
                session, seat.institution_id, wanted,
                by=seat, shared_issuers=_catalogue().shared_issuers, now=utcnow(),
            )  # fmt: skip
            words = _stored_words(stored)
    except (RegistrationTaken, RegistrationShared) as refusal:
        form.form_errors.append(say(refusal))
        return _page(record, form, status=422)
    current_app.extensions["registration_memory"].forget()
    return redirect_or_hx(url_for("admin.platforms"), told=words)


def _page(record: Quirks, form: PlatformForm, *, filled: Addresses | None = None, status: int = 200) -> Response:
    form.speak_of(record)
    return render(
        "admin/by_hand.html",
        "admin/_by_hand.html",
        status,
        form=form,
        product=record.product or OTHER,
        name=record.name,
        steps=record.by_hand,
        ours=_our_values(record),
        filled=filled,
        asks_audience=record.by_hand is not None and Theirs.AUDIENCE in record.by_hand.find,
    )


def _record(product: str) -> Quirks:
    found = _catalogue().named(product)
    if (found.product or OTHER) != product or found.by_hand is None:
        raise NotFound
    return found


def _our_values(record: Quirks) -> dict[Ours, str]:
    tool = tool_description()
    custom = _catalogue().understood(record, tool.custom)
    return {
        Ours.NAME: tool.name,
        Ours.DESCRIPTION: tool.description,
        Ours.DOMAIN: tool.domain,
        Ours.LOGIN: tool.login_url,
        Ours.LAUNCH: tool.launch_url,
        Ours.REDIRECT: tool.launch_url,
        Ours.PICKER: tool.launch_url,
        Ours.KEYS: tool.jwks_url,
        Ours.CUSTOM: "\n".join(f"{name}={value}" for name, value in custom.items()),
        Ours.CONFIGURATION: f"{public_url()}{url_for('lti.canvas')}",
    }


def _filling(place: Addresses | None) -> dict[str, str]:
    return {name: value for name, value in asdict(place).items() if name != "name"} if place else {}


def _stored_words(stored: Stored) -> str:
    name = stored.registration.name
    if stored.registration.waits_since is not None:
        return str(_("%(name)s is kept, and waits until whoever runs Mentoring has confirmed it.", name=name))
    if stored.changes is None:
        return str(_("%(name)s is registered.", name=name))
    changed = [change.field for change in change_words(stored.changes)]
    if not changed:
        return str(_("%(name)s was registered so already; nothing changed.", name=name))
    return str(_("%(name)s is mended. Changed: %(fields)s.", name=name, fields=", ".join(changed)))


def _catalogue() -> Catalogue:
    return cast("Catalogue", current_app.extensions["quirks"])

"""Find an institution by what somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from lti_mentoring.domain.institutions import slug_of
from lti_mentoring.models import Institution
from lti_mentoring.services.administering import add_institution
from lti_mentoring.services.registering import find_institution

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def institution_named(session: Session, named: str, *, now: datetime) -> Institution:
    """Return the institution; the very first one of an installation is made by being named.

    Raise ClickException naming those that are there, so that a slip of the pen makes no second tenant.
    """
    found = find_institution(session, named)
    if found is not None:
        return found
    known = list(session.scalars(select(Institution.slug).order_by(Institution.slug)))
    if known:
        raise click.ClickException(
            f"There is no institution {named!r}. There are: {', '.join(known)}. "
            "A new one: lti-mentoring institution add NAME"
        )
    click.echo(f"Made the first institution, {named}.", err=True)
    return add_institution(session, named, slug_of(named), now=now)

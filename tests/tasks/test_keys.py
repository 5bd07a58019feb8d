"""Our keys are renewed by the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_mentoring.clock import utcnow
from lti_mentoring.models import ToolKey
from lti_mentoring.sealing import KeyFile
from lti_mentoring.services.keys import ensure_keys, read_ring
from lti_mentoring.tasks.keys import reseal, tend_keys


@pytest.mark.parametrize(("days", "renewed"), [(90, True), (0, False)])
def test_an_old_key_gives_way_unless_the_installation_wants_it_by_command_only(app, session, days, renewed):
    app.extensions["settings"] = replace(app.extensions["settings"], key_days=days)
    sealer = app.extensions["sealer"]
    first = ensure_keys(session, sealer, now=utcnow() - timedelta(days=91)).active.kid
    session.commit()
    assert app.extensions["signer"].ring().active.kid == first
    tend_keys.run()
    session.rollback()
    assert (read_ring(session, sealer).active.kid != first) is renewed
    assert (app.extensions["signer"].ring().active.kid != first) is renewed


def test_what_an_older_key_sealed_is_sealed_anew_within_the_hour(app, session, settings):
    ensure_keys(session, app.extensions["sealer"], now=utcnow())
    session.commit()
    name = KeyFile(settings.key_file).add()
    for _twice in range(2):
        reseal.run()
        session.expire_all()
        assert all(row.sealed_private.startswith(f"{name}:") for row in session.query(ToolKey))
        session.rollback()

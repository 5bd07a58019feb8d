"""Our signing keys are renewed by the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_mentoring.clock import utcnow
from lti_mentoring.services.keys import ensure_keys, read_ring
from lti_mentoring.tasks.keys import tend_keys


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

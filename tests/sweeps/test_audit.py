"""Whoever changes something leaves a row in the audit trail, in the same transaction; for every POST of the URL map."""

from contextlib import ExitStack, contextmanager

import pytest
from factories.world import World
from sqlalchemy import event, func, select
from sweeps.recipes import NOTHING_KEPT, RECIPES, Scene
from sweeps.transactions import NOT_STATE, watched

from lti_mentoring.models import AuditEntry


@contextmanager
def unable_to_commit(session):
    """Let every commit fail, as on a full disk."""

    def fail(_session):
        raise OSError("no space left on device")

    event.listen(session, "before_commit", fail)
    try:
        yield
    finally:
        event.remove(session, "before_commit", fail)
        session.rollback()


def rows(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEntry))


def presses():
    return [
        pytest.param(endpoint, prepare, id=f"{endpoint}-{prepare.__name__}")
        for endpoint, recipes in sorted(RECIPES.items())
        for prepare in recipes
    ]


@pytest.fixture
def scene(app, session):
    with ExitStack() as at_end:
        yield Scene(app, session, World(session), at_end)


def test_every_route_that_takes_a_post_has_a_recipe(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert posts == set(RECIPES)
    assert set(NOTHING_KEPT) <= posts


@pytest.mark.parametrize(("endpoint", "prepare"), presses())
def test_what_changes_is_written_down_with_it_or_not_at_all(scene, endpoint, prepare):
    press = prepare(scene)
    scene.session.commit()
    before = rows(scene.session)
    if endpoint not in NOTHING_KEPT:
        with unable_to_commit(scene.session):
            assert press().status_code >= 500
        assert rows(scene.session) == before
    with watched(scene.session) as committed:
        answer = press()
    assert answer.status_code in {200, 202, 302, 303}, answer.text
    for tables in committed:
        assert not tables - NOT_STATE or "audit_entry" in tables or endpoint in NOTHING_KEPT, tables
    assert (rows(scene.session) > before) or endpoint in NOTHING_KEPT

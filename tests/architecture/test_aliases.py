"""Tables by another name are ready before threads share them."""

import ast
import sys
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import aliased, configure_mappers

from lti_mentoring.app import PACKAGE
from lti_mentoring.models import Mentor, Mentorship, Person
from lti_mentoring.models.alias import alias_of

AT_ONCE = 6
TIMES = 40
"""Of an alias that is not made ready one in four goes wrong so."""


@pytest.fixture
def restless():
    """Let threads take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def statement(guide):
    """Return the text of a statement in which the table stands by another name, whole and in a condition."""
    pairs = select(Mentorship, guide).join(Mentor, Mentor.id == Mentorship.mentor_id)
    return str(pairs.join(guide, guide.id == Mentor.person_id).compile(dialect=sqlite.dialect()))


def told_at_once(guide):
    """Return what several threads say that use it first, all at once."""
    gate, told = Barrier(AT_ONCE), []

    def run():
        gate.wait()
        told.append(statement(guide))

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {*told, statement(guide)}


def test_threads_that_use_one_first_at_the_same_moment_find_all_its_columns(restless):
    configure_mappers()
    right = statement(aliased(Person))
    for _turn in range(TIMES):
        assert told_at_once(alias_of(Person)) == {right}


def test_whatever_a_module_keeps_is_made_ready():
    kept = [
        f"{path.relative_to(PACKAGE)}:{line.lineno}"
        for path in PACKAGE.rglob("*.py")
        for line in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign) and "aliased(" in ast.unparse(line)
    ]
    assert kept == []

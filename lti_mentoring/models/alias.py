"""A table by another name, for statements in which it stands twice."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import aliased

M = TypeVar("M")


def alias_of(model: type[M]) -> type[M]:
    """Return a model by another name that threads may share from the start: whatever a module keeps comes from here.

    SQLAlchemy 2.1.9 finds the columns of an alias when they are first asked for. Of several threads that ask at once
    some find no column, or a part of them, and the alias keeps that: "no such column: person.id", for as long as the
    process lives (sqlalchemy/orm/util.py, AliasedClass.__getattr__). So they are all asked for here.
    """
    other = aliased(model)
    for column in inspect(other).mapper.column_attrs:
        getattr(other, column.key).__clause_element__()
    return other

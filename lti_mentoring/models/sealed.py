"""Columns that are stored sealed: what they say is opened by whoever is handed a Sealer, and by nobody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from lti_mentoring.models.base import Model
from lti_mentoring.sealing import is_sealed


class EncryptedText(TypeDecorator[str]):
    """A text that the table holds sealed, and Python, too, until it is opened: reading a list decrypts nothing.

    ``by`` names the column that tells rows apart; with table and column its value is what the seal is bound to.
    ``place`` is for what was sealed before columns were named in it.
    """

    impl = Text
    cache_ok = True

    def __init__(self, by: str, place: str = "{table}:{column}:{row}") -> None:
        super().__init__()
        self.by, self.place = by, place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse a text that is not sealed: it is a bug, and must not reach the table."""
        if value is not None and not is_sealed(value):
            raise ValueError("this column takes sealed text only")
        return value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Compare as text: the beginning of what is sealed names its key."""
        return Text()


def kind_of(column: ColumnElement[Any]) -> EncryptedText:
    """Return how a column is sealed; raise TypeError for one that is not."""
    if not isinstance(column.type, EncryptedText):
        raise TypeError(f"{column} is not stored sealed")
    return column.type


def place_in(column: Column[Any], row: object) -> str:
    """Return what a sealed value of ``column`` is bound to in the row that ``row`` names."""
    return kind_of(column).place.format(table=column.table.name, column=column.name, row=row)


def place_of(row: Model, name: str) -> str:
    """Return what the sealed column ``name`` of a row is bound to."""
    column: Any = row.__table__.columns[name]
    return place_in(column, getattr(row, kind_of(column).by))

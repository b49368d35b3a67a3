"""What a card is known by in the tables of cards: of which place in which course it is."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, bindparam

from lms_scoring.domain.evidence import Role
from lms_scoring.store.tables.metadata import NOTHING

CardKey = tuple[str, str, str, str]
"""Course, person, role and class."""
_COLUMNS = ("course", "person", "role", "class")


def card_key(course: str, person: str, role: Role, class_: str | None) -> CardKey:
    """As the tables have it."""
    return (course, person, role.value, NOTHING if class_ is None else class_)


def of_card(table: Table) -> list[ColumnElement[bool]]:
    """Whether a row is of the card that `named` names."""
    return [table.c[name] == bindparam(f"{name}_") for name in ("tenant", *_COLUMNS)]


def named(key: CardKey) -> dict[str, str]:
    """The parameters of `of_card`."""
    return {f"{name}_": value for name, value in zip(_COLUMNS, key, strict=True)}

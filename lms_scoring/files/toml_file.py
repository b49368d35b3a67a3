"""TOML files that people write: read exactly (no binary floats), every mistake collected with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from lms_scoring.domain.errors import Mistake, Mistakes
from lms_scoring.domain.instants import HOUR, MINUTE

SOMETHING = validate.Length(min=1, error="must not be empty")
"""What a text or a list holds, where it must hold anything."""


def parsed(text: str, name: str, *, kind: type[Mistakes]) -> dict[str, Any]:
    """The tables of a TOML text; its numbers with a point are decimals. Raises `kind`."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise kind(name, (Mistake(place="TOML", text=f"cannot be read: {error}"),)) from error
    except InvalidOperation as error:
        text = "cannot be read: a number has an exponent beyond all measure"
        raise kind(name, (Mistake(place="TOML", text=text),)) from error


def loaded(schema: Schema, tables: Mapping[str, Any], name: str, *, kind: type[Mistakes]) -> Any:
    """What the schema makes of the tables. Raises `kind` with every mistake at once."""
    try:
        return schema.load(tables)
    except ValidationError as error:
        raise kind(name, tuple(mistakes_in(messages_of(error), schema))) from error


def messages_of(error: ValidationError) -> dict[str, Any]:
    """marshmallow's messages by field."""
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call] # marshmallow's own gap
    return messages


def mistakes_in(messages: Any, schema: Schema | None = None, place: str = "") -> Iterator[Mistake]:
    """marshmallow's nested messages as a flat list with places like `learner.criterion[2].max`."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            of_a_table = key == "value" and messages.keys() <= {"key", "value"}  # marshmallow's Dict
            yield from mistakes_in(inner, schema, place if of_a_table else _place(place, key))
        return
    for text in messages if isinstance(messages, list) else [messages]:
        yield Mistake(place=place or "file", text=_hint(str(text), place, schema))


def _place(place: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{place}[{key + 1}]"
    if key == "_schema":
        return place
    return f"{place}.{key}" if place else str(key)


def _hint(text: str, place: str, schema: Schema | None) -> str:
    if text != "Unknown field." or schema is None:
        return text
    *tables, name = place.split(".")
    near = get_close_matches(name, _names(_table(schema, tables)), n=1)
    return "is not a setting" + (f"; did you mean {near[0]!r}?" if near else "")


def _table(schema: Schema, tables: Sequence[str]) -> Schema:
    """The one at that place; what is no table in it is a name that somebody gave."""
    for table in tables:
        inner = next((one for name, one in _inner(schema) if name == table.partition("[")[0]), None)
        schema = inner or schema
    return schema


def _inner(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for name, field in schema.fields.items():
        held = field.inner if isinstance(field, fields.List) else field
        inner = held.value_field if isinstance(held, fields.Dict) else held
        if isinstance(inner, fields.Nested):
            yield field.data_key or name, inner.schema


def _names(schema: Schema) -> list[str]:
    return [field.data_key or name for name, field in schema.fields.items()]


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?|-?[0-9]{1,15}/0*[1-9][0-9]{0,14}")


class Exact(fields.Field[Fraction]):
    """A number as an exact rational: 40, 0.5, or a text such as "1/3"; at most 15 digits on either side."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Fraction:
        text = f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 100 else str(value)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | Decimal | str)
            or not _NUMBER.fullmatch(text)
        ):
            raise ValidationError('must be a number such as 40, 0.5 or "1/3"')
        number = Fraction(text)
        if number < 0:
            raise ValidationError("must not be negative")
        return number


class Share(fields.Field[Fraction]):
    """A share of something: "85%"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Fraction:
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?%", value) if isinstance(value, str) else None
        if found is None or Fraction(found[1]) > 100:
            raise ValidationError('must be a share such as "85%"')
        return Fraction(found[1]) / 100


class Duration(fields.Field[int]):
    """A length of time such as "8h" or "90min", in milliseconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        found = re.fullmatch(r"([1-9][0-9]{0,5}) ?(h|min)", value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError('must be a length of time such as "8h" or "90min"')
        return int(found[1]) * (HOUR if found[2] == "h" else MINUTE)

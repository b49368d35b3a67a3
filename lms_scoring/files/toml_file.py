"""TOML files that people write: read exactly (no binary floats), every mistake collected with its place."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from lms_scoring.domain.errors import Mistake, Mistakes
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.files.toml_lines import line_of, lines_of, place_in, set_twice

SOMETHING = validate.Length(min=1, error="must not be empty")
"""What a text or a list holds, where it must hold anything."""
NO_SETTING = "is not a setting"
"""How what is said of an unknown key begins."""
_FILE = "file"
"""The place of what is wrong with the whole."""
_TOML = "TOML"
"""The place of what is no TOML."""
_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_LONGEST = 60
"""Characters of what is found that are shown."""
_PLAINLY = {
    "Missing data for required field.": "is missing",
    "Not a valid string.": "must be a text, in quotes",
    "Not a valid integer.": "must be a whole number",
    "Not a valid boolean.": "must be true or false, without quotes",
    "Not a valid list.": "must be a list, in [ ]",
    "Not a valid mapping type.": "must be a table",
    "Invalid input type.": "must be a table",
}
"""What marshmallow says, in the words of the file."""


def read_text(path: Path, *, kind: type[Mistakes]) -> str:
    """The text of a file; a mark of its encoding, as Windows writes it, is no part of it. Raises `kind`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise kind(str(path), (Mistake(place=_FILE, text=str(reason)),)) from error


def parsed(text: str, name: str, *, kind: type[Mistakes]) -> dict[str, Any]:
    """The tables of a TOML text; its numbers with a point are decimals. Raises `kind`."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise kind(name, tuple(_no_toml(text, str(error)))) from error
    except RecursionError as error:
        raise kind(name, (Mistake(place=_TOML, text="cannot be read: it is nested too deeply"),)) from error
    except InvalidOperation as error:
        text = "cannot be read: a number has an exponent beyond all measure"
        raise kind(name, (Mistake(place=_TOML, text=text),)) from error


def loaded(
    schema: Schema, tables: Mapping[str, Any], name: str, *, kind: type[Mistakes], text: str | None
) -> Any:
    """What the schema makes of the tables of a text. Raises `kind` with every mistake at once.

    Each has its line, and what is found there; without a text, what might be a secret is not shown.
    """
    try:
        return schema.load(tables)
    except ValidationError as error:
        found = list(mistakes_in(messages_of(error), schema, tables=tables))
        if text is None:
            raise kind(name, tuple(replace(one, found=None) for one in found)) from error
        raise kind(name, in_order(found, text)) from error


def in_order(mistakes: Iterable[Mistake], text: str) -> tuple[Mistake, ...]:
    """The mistakes in a text with their lines, in its order; what is missing in the whole comes first."""
    lines = lines_of(text)
    placed = [replace(one, line=line_of(lines, one.place)) for one in mistakes]
    return tuple(sorted(placed, key=lambda one: one.line or 0))


def messages_of(error: ValidationError) -> dict[str, Any]:
    """marshmallow's messages by field."""
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call] # marshmallow's own gap
    return messages


def mistakes_in(
    messages: Any, schema: Schema | None = None, *, tables: Any = None, place: str = ""
) -> Iterator[Mistake]:
    """marshmallow's nested messages as a flat list with places like `learner.criterion[2].max`."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            of_a_table = key == "value" and messages.keys() <= {"key", "value"}  # marshmallow's Dict
            if of_a_table or key == "_schema":
                yield from mistakes_in(inner, schema, tables=tables, place=place)
            else:
                yield from mistakes_in(inner, schema, tables=_inside(tables, key), place=place_in(place, key))
        return
    for text in messages if isinstance(messages, list) else [messages]:
        if isinstance(text, Mapping):  # what a validator of a table says of its keys
            yield from mistakes_in(text, schema, tables=tables, place=place)
        else:
            said = _hint(_PLAINLY.get(text, text), place, schema)
            yield Mistake(place=place or _FILE, text=said, found=shown(tables))


def tables_in(tables: Any, key: str) -> list[Any]:
    """The tables of a list as they are written, whatever else is wrong with them."""
    listed = tables.get(key) if isinstance(tables, Mapping) else None
    return listed if isinstance(listed, list) else []


def named_twice(tables: Sequence[Any], key: str, of: str) -> dict[int, dict[str, list[str]]]:
    """What tells of each table of a list whose name, under that key, an earlier one has; `of`: the list's."""
    first: dict[Any, int] = {}
    found: dict[int, dict[str, list[str]]] = {}
    for number, table in enumerate(tables):
        name = table.get(key) if isinstance(table, Mapping) else None
        if isinstance(name, str) and first.setdefault(name, number) != number:
            found[number] = {key: [f"{of}[{first[name] + 1}] has the same; each must have its own"]}
    return found


def one_of(words: Iterable[str]) -> Callable[[str], None]:
    """Takes one of a few words; of another, those and the nearest are told."""
    known = [str(word) for word in words]

    def takes(value: str) -> None:
        if value not in known:
            raise ValidationError(none_of(value, known))

    return takes


def none_of(value: object, words: Iterable[str]) -> str:
    """What is said of a value that is none of the words."""
    known = list(words)
    return f"must be one of {', '.join(known)}{did_you_mean(str(value), known)}"


def no_setting(name: str, known: Sequence[str], of: str = "") -> str:
    """What is said of a key that is no setting (of something): the nearest, or all there are."""
    said = f"{NO_SETTING}{of and f' of {of}'}"
    near = did_you_mean(name, known)
    return f"{said}{near}" if near else f"{said}; there are {', '.join(known) or 'none'}"


def whole(first: int, last: int | None = None, *, strict: bool = True) -> fields.Integer:
    """A whole number in a range; `strict`: no text that says one."""
    error = f"must be a whole number, {first} or more"
    if last is not None:
        error = f"must be a whole number from {first} to {last}"
    return fields.Integer(strict=strict, validate=validate.Range(min=first, max=last, error=error))


def shown(value: Any) -> str | None:
    """A value as it is written; None: it is long, or nothing."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, int | Decimal | date | time):
        text = str(value)
    else:
        return "[]" if value == [] else None
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _no_toml(text: str, reason: str) -> Iterator[Mistake]:
    """Keys that are set twice, each by itself; else what the parser met first, which is all it tells."""
    twice = set_twice(text)
    for one in twice:
        yield Mistake(place=one.place, text=f"stands in line {one.first} already", line=one.line)
    if not twice:
        at = _LINE.search(reason)
        where = "" if at is None else f" at character {at[2]}"
        line = text.rstrip().count("\n") + 1 if reason.endswith("(at end of document)") else None
        yield Mistake(
            place=_TOML,
            text=f"cannot be read{where}: {_LINE.sub('', reason)}; nothing else could be checked",
            line=line if at is None else int(at[1]),
        )


def _inside(tables: Any, key: Any) -> Any:
    """What a table or a list has at a key; None where it has nothing."""
    if isinstance(tables, Mapping):
        return tables.get(key)
    is_there = isinstance(tables, list) and isinstance(key, int) and key < len(tables)
    return tables[key] if is_there else None


def _hint(text: Any, place: str, schema: Schema | None) -> str:
    if text != "Unknown field." or schema is None:
        return str(text)
    *tables, name = place.split(".")
    return no_setting(name, _names(_table(schema, tables)))


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
        within = getattr(inner, "schema", None)  # of a Nested, or of a field of ours that holds a table
        if isinstance(within, Schema):
            yield field.data_key or name, within


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
            raise ValidationError("must be 0 or more")
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

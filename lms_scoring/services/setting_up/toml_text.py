"""Tables of TOML written as text; what the standard library reads again is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

_BARE = re.compile("[A-Za-z0-9_-]+")


def toml_text(tables: Mapping[str, Any]) -> str:
    """The whole text; numbers with a point are decimals."""
    return "\n".join(_lines(tables, "")) + "\n"


def quoted(text: str) -> str:
    """A basic string of TOML: one of JSON, save that TOML wants one more character escaped."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """What a table says itself comes first, then the tables in it."""
    inner = {key: value for key, value in table.items() if _is_table(value) or _are_tables(value)}
    for key, value in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        name = f"{path}.{_key(key)}" if path else _key(key)
        header, tables = (f"[{name}]", [value]) if _is_table(value) else (f"[[{name}]]", value)
        for one in tables:
            yield from ("", header, *_lines(one, name))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else quoted(key)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return _decimal(value)
        case _:
            return str(value)


def _decimal(value: Decimal) -> str:
    """TOML wants a point or an exponent in what may be no whole number, and small letters in what is none."""
    text = str(value).lower().replace("infinity", "inf")
    return text if {".", "e", "n"} & set(text) else f"{text}.0"

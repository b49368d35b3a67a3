"""Renaming within JSON: people and their works are called otherwise wherever others' records name them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

_OF_PEOPLE = frozenset({"person", "by", "graded_by"})
_OF_WORKS = frozenset({"submission", "other"})
_WORK = "submission"

RecordName = tuple[str, str]
"""Kind and id of a record, as cards name it."""


class Renaming:
    """People and records by what they were called. Only fields that name one are looked at."""

    def __init__(self, people: Mapping[str, str], records: Mapping[RecordName, str]) -> None:
        self.people = people
        self.records = records

    def record(self, kind: str, id_: str) -> str:
        """The record's own name; a recommendation's (`here/TUTOR/WORK`) ends by that of its work."""
        if kind != "recommendation":
            return self.records.get((kind, id_), id_)
        place = id_.find("/")
        while place >= 0:
            if (_WORK, id_[place + 1 :]) in self.records:
                return id_[: place + 1] + self.records[_WORK, id_[place + 1 :]]
            place = id_.find("/", place + 1)
        return id_

    def value(self, value: Any, name: str = "") -> Any:
        """All that it holds; `name` is the field that it is in."""
        if isinstance(value, str):
            if name in _OF_PEOPLE:
                return self.people.get(value, value)
            return self.record(_WORK, value) if name in _OF_WORKS else value
        if isinstance(value, list):
            return [self.value(one, name) for one in value]
        if isinstance(value, dict):
            renamed = {key: self.value(one, key) for key, one in value.items()}
            if "id" in value and "kind" in value:
                renamed["id"] = self.record(value["kind"], value["id"])
            return renamed
        return value


def pressed(told: bytes) -> bytes:
    """Compressed as the store keeps it."""
    return zlib.compress(told)


def unpressed(body: bytes) -> Any:
    """The JSON in a compressed column."""
    return json.loads(zlib.decompress(body))

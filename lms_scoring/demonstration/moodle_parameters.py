"""Reads PHP-style parameters and checks them as strictly as Moodle does."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lms_scoring.demonstration.moodle_errors import invalid_parameter

REQUIRED: Any = object()
"""Marks a parameter without a default."""


class Kind(Protocol):
    """Turns what was sent into a value or raises invalidparameter."""

    def read(self, sent: Any) -> Any:
        """The value that ``sent`` stands for."""
        ...


@dataclass(frozen=True)
class Whole:
    """A whole number, as a number or in decimal digits."""

    def read(self, sent: Any) -> int:
        if isinstance(sent, bool) or not isinstance(sent, int | str):
            raise invalid_parameter()
        if isinstance(sent, str) and not re.fullmatch(r"-?(0|[1-9]\d*)", sent):
            raise invalid_parameter()
        return int(sent)


@dataclass(frozen=True)
class Flag:
    """A truth value: 0, 1, or a JSON boolean. The words "true" and "True" are refused, as in Moodle."""

    def read(self, sent: Any) -> bool:
        if sent in (True, False, "0", "1"):
            return sent not in (False, "0")
        raise invalid_parameter()


@dataclass(frozen=True)
class Text:
    """Any single value, as text."""

    def read(self, sent: Any) -> str:
        if isinstance(sent, Mapping | list) or sent is None:
            raise invalid_parameter()
        return str(int(sent)) if isinstance(sent, bool) else str(sent)


@dataclass(frozen=True)
class ListOf:
    """A list of one kind; PHP sends it as a mapping with numbers for keys."""

    kind: Kind

    def read(self, sent: Any) -> list[Any]:
        if isinstance(sent, Mapping):
            sent = list(sent.values())
        if not isinstance(sent, list):
            raise invalid_parameter()
        return [self.kind.read(each) for each in sent]


@dataclass(frozen=True)
class Record:
    """A mapping with known fields; extra ones are refused."""

    fields: "Mapping[str, Parameter]"

    def read(self, sent: Any) -> dict[str, Any]:
        if not isinstance(sent, Mapping):
            raise invalid_parameter()
        return read_parameters(self.fields, sent)


@dataclass(frozen=True)
class Parameter:
    """One parameter: its kind and what it is when it is not sent."""

    kind: Kind
    default: Any = REQUIRED


def whole(default: Any = REQUIRED) -> Parameter:
    """A whole number."""
    return Parameter(Whole(), default)


def flag(default: Any = REQUIRED) -> Parameter:
    """A truth value."""
    return Parameter(Flag(), default)


def text(default: Any = REQUIRED) -> Parameter:
    """A text."""
    return Parameter(Text(), default)


def wholes(default: Any = REQUIRED) -> Parameter:
    """A list of whole numbers."""
    return Parameter(ListOf(Whole()), default)


def texts(default: Any = REQUIRED) -> Parameter:
    """A list of texts."""
    return Parameter(ListOf(Text()), default)


def pairs() -> Parameter:
    """A list of name and value, empty by default."""
    return Parameter(ListOf(Record({"name": text(), "value": text()})), [])


def read_parameters(known: Mapping[str, Parameter], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values of all ``known`` parameters; anything else in ``sent`` is refused."""
    if not sent.keys() <= known.keys():
        raise invalid_parameter()
    values = {}
    for name, parameter in known.items():
        if name in sent:
            values[name] = parameter.kind.read(sent[name])
        elif parameter.default is REQUIRED:
            raise invalid_parameter()
        else:
            values[name] = parameter.default
    return values


def unfold(pairs_sent: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nests PHP-style names: ``options[0][name]=x`` becomes ``{"options": {"0": {"name": "x"}}}``."""
    nested: dict[str, Any] = {}
    for name, value in pairs_sent:
        *outer, last = re.findall(r"[^\[\]]+", name) or [name]
        place = nested
        for step in outer:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise invalid_parameter()
        place[last] = value
    return nested

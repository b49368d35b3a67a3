"""A course file's text, edited: other bindings or another scheme, and all else as somebody wrote it.

What comes of it is read again before it is handed out, so that nothing else is ever said by it. A text that
cannot be edited line by line is written anew, and only its comments go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.services.setting_up.course_text import binding_lines, listed
from lms_scoring.services.setting_up.toml_text import quoted, toml_text

_HEADER = re.compile(r"[ \t]*\[.*\][ \t]*(?:#.*)?\r?")
_BIND = re.compile(r"[ \t]*\[\[[ \t]*bind[ \t]*\]\][ \t]*(?:#.*)?\r?")
_ACTIVITIES = re.compile(r"^([ \t]*activities[ \t]*=[ \t]*)\[[^\[\]#]*\]", re.MULTILINE)
_SCHEME = re.compile(r"""[ \t]*scheme[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"|'[^']*')""")

Tables = dict[str, Any]


def with_bindings(text: str, bindings: Bindings) -> str:
    """The text with these bindings in place of its own; one that stays as it was keeps its comments."""
    before = _read(text)
    wanted = {key: value for key, value in before.items() if key != "bind"}
    if bindings.bindings:
        wanted["bind"] = [_table(one) for one in bindings.bindings]
    own = before.get("bind", [])
    lines, blocks = text.split("\n"), list(_blocks(text.split("\n")))
    tries = []
    if isinstance(own, list) and len(blocks) == len(own):
        tries.append(_edited(lines, blocks, _matched(own, bindings.bindings), bindings.bindings))
    tries.append(_edited(lines, blocks, {}, bindings.bindings))
    return next((one for one in tries if _says(one, wanted)), toml_text(wanted))


def with_scheme(text: str, scheme: str) -> str:
    """The text with another scheme named in it."""
    wanted = _read(text) | {"scheme": scheme}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = _SCHEME.match(line)
        if found is not None:
            rest = line[found.end() :]
            edited = "\n".join([*lines[:number], f"scheme = {quoted(scheme)}{rest}", *lines[number + 1 :]])
            return edited if _says(edited, wanted) else toml_text(wanted)
    return toml_text(wanted)


def _read(text: str) -> Tables:
    return tomllib.loads(text, parse_float=Decimal)


def _says(text: str, wanted: Tables) -> bool:
    try:
        return _read(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _table(binding: Binding) -> Tables:
    return {
        "as": binding.purpose.value,
        "source": binding.source,
        "activities": list(binding.activities),
    }


def _blocks(lines: Sequence[str]) -> Iterator[range]:
    """The lines of each binding, without the comments behind it: those are of what follows."""
    for start, line in enumerate(lines):
        if _BIND.fullmatch(line):
            later = range(start + 1, len(lines))
            end = next((one for one in later if _HEADER.fullmatch(lines[one])), len(lines))
            while end > start + 1 and lines[end - 1].strip(" \t\r")[:1] in ("", "#"):
                end -= 1
            yield range(start, end)


def _matched(own: Sequence[Any], bindings: Sequence[Binding]) -> Mapping[int, int]:
    """Which binding stands in whose place: the same one, else one of the same purpose and source."""
    left, found = dict(enumerate(bindings)), dict[int, int]()
    for same in (_table, _heading):
        for place, table in enumerate(own):
            number = next(
                (n for n, one in left.items() if place not in found and _alike(same, one, table)), None
            )
            if number is not None:
                found[place] = number
                del left[number]
    return found


def _alike(same: Any, binding: Binding, table: Any) -> bool:
    wanted: Tables = same(binding)
    return isinstance(table, dict) and {key: table.get(key) for key in wanted} == wanted


def _heading(binding: Binding) -> Tables:
    return {"as": binding.purpose.value, "source": binding.source}


def _edited(
    lines: Sequence[str], blocks: Sequence[range], places: Mapping[int, int], bindings: Sequence[Binding]
) -> str:
    """The lines with bindings in the places of others; those that have none come after the last that has."""
    out: list[str] = []
    at, last = 0, None
    for place, block in enumerate(blocks):
        out += lines[at : block.start]
        at = block.stop
        if place in places:
            out += _in_place(lines[block.start : block.stop], bindings[places[place]])
            last = len(out)
        elif not (out and out[-1].strip()) and at < len(lines) and not lines[at].strip():
            at += 1  # of two empty lines around what went, one
    out += lines[at:]
    more = [one for number, one in enumerate(bindings) if number not in places.values()]
    last = _end_of(out) if last is None else last
    out[last:last] = [line for one in more for line in binding_lines(one)]
    text = "\n".join(out)
    return text if text.endswith("\n") else f"{text}\n"


def _in_place(block: Sequence[str], binding: Binding) -> list[str]:
    text = "\n".join(block)
    if _alike(_table, binding, _only(text)):
        return list(block)
    edited = _ACTIVITIES.sub(lambda found: f"{found[1]}{listed(binding.activities)}", text, count=1)
    if _alike(_table, binding, _only(edited)):
        return edited.split("\n")
    return [line for line in binding_lines(binding) if line]


def _only(text: str) -> Any:
    """The binding that a text has; None where it has not one."""
    try:
        found = _read(text).get("bind", [])
    except tomllib.TOMLDecodeError:
        return None
    return found[0] if isinstance(found, list) and len(found) == 1 else None


def _end_of(lines: Sequence[str]) -> int:
    """Where the empty lines at the end begin."""
    end = len(lines)
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end

"""One line of `platform check`: what a platform can really do, and what to do about what it cannot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """`ok` is True for fine, False for broken, None for worth a look. `what` was looked at, `text` is
    what was seen and what it means, `do` what a person does next (empty where nothing is to be done)."""

    ok: bool | None
    what: str
    text: str
    do: str = ""

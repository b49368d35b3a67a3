"""What people wrote, beside the evidence that they wrote it: kept apart from it, and never scored.

Texts are compared by their letters and digits alone, and by passages of five of these: no dictionary is
needed, and everybody can see which passages are the same. In a script that writes a word with a sign or
two, as Chinese does, five are a phrase.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LONGEST = 20_000
"""Characters of a text that are kept; the rest is cut off."""

PASSAGE = 5
"""Letters of a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text of a record, known by the record's kind and id; `person` is an account.

    `text` is None where there is none any more: erased, not handed in, for one reader alone. Of what is told
    of it several times, what was said last holds (`told_at`; of equal ones, the last to come).
    """

    kind: str
    id: str
    person: str
    activity: str
    at: int | None
    text: str | None
    told_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskText:
    """What the task of an activity says; whoever quotes it copies from nobody."""

    activity: str
    text: str


def cleaned(text: str) -> str:
    """The text with nothing in it, and around it, that cannot be stored or shown."""
    return text.translate(_STORABLE).strip()


def bounded(text: str) -> str:
    """The same, no longer than is kept."""
    return cleaned(text)[:LONGEST].rstrip()


def letters(text: str) -> str:
    """Letters and digits alone, of whatever width and case."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)


def passages(letters_: str) -> frozenset[str]:
    """The distinct passages of what `letters` made; of a shorter text, it itself."""
    if len(letters_) < PASSAGE:
        return frozenset({letters_}) if letters_ else frozenset()
    return frozenset(letters_[start : start + PASSAGE] for start in range(len(letters_) - PASSAGE + 1))


class _Letters(dict[int, int | None]):
    """What becomes of a character, found out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        stays = character.isalnum() or unicodedata.category(character).startswith("M")
        self[code] = code if stays else None
        return self[code]


class _Storable(dict[int, int | None]):
    """Without control characters, and without halves of characters."""

    def __missing__(self, code: int) -> int | None:
        stays = chr(code) == "\n" or unicodedata.category(chr(code)) not in ("Cc", "Cs")
        self[code] = code if stays else None
        return self[code]


_LETTERS = _Letters()
_STORABLE = _Storable()

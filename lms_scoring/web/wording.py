"""Every sentence of the pages, in Chinese and English side by side, read from `wording.toml`.

The names of the domain's own things are in `lms_scoring/words.py`, shared with the terminal.

One file instead of message catalogues: a sentence and its translation are written and reviewed together,
as in the scheme files, and nothing has to be compiled or kept in step.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = {"zh": "zh-Hans", "en": "en"}
"""The languages of the pages, with the tags that HTML wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence; `one` is the English for a count of one, where that differs."""

    zh: str
    en: str
    one: str | None = None

    def in_(self, language: str, count: object) -> str:
        """The sentence's pattern in `zh` or `en`, for that count."""
        if language == "zh":
            return self.zh
        return self.one if count == 1 and self.one is not None else self.en


class Wording:
    """The sentences by key (`board.title`), with named places for what they speak of."""

    def __init__(self, sentences: Mapping[str, Sentence]) -> None:
        self.sentences = sentences
        self._alone = cache(self._without_places)
        """Most sentences of a page have no places, and are what they were on the page before."""

    def say(self, key: str, language: str, **values: object) -> str:
        """The sentence, its places filled; `n` is the count it depends on. Raises KeyError."""
        if not values:
            return self._alone(key, language)
        return self.sentences[key].in_(language, values.get("n")).format(**values)

    def _without_places(self, key: str, language: str) -> str:
        return self.sentences[key].in_(language, None).format()


@cache
def read_wording() -> Wording:
    """The sentences that are shipped with the pages."""
    tables = tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
    return Wording(dict(_sentences(tables)))


def _sentences(tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple[str, Sentence]]:
    for section, entries in tables.items():
        for name, words in entries.items():
            yield f"{section}.{name}", Sentence(**words)

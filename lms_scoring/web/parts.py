"""Parts of pages that say the same whoever asks: their macros are made once in each language.

A template that imports another has all its macros made anew; the marks were made ten times for some pages.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment

from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import Wording

_ALIKE = ("icon", "state", "standing", "verdict", "withdrawn")
"""Marks that say what they are asked for and nothing else, so that each is written once."""
_MOST = 512


class Parts:
    """The macros of templates that know nothing of a request, save by functions that ask it."""

    def __init__(self, environment: Environment, wording: Wording) -> None:
        self._environment, self._wording = environment, wording
        self.marks = cache(self._marks)
        """Small marks of all pages, in a language."""

    def _marks(self, language: str) -> Any:
        voice = Voice(self._wording, language)
        found: Any = self._environment.get_template("marks.html")
        marks = found.make_module({"voice": voice, "say": voice.say})
        for name in _ALIKE:
            setattr(marks, name, lru_cache(maxsize=_MOST)(getattr(marks, name)))
        return marks

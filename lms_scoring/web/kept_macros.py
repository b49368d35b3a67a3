"""Macros that say the same whoever asks: they are made once in each language.

A template that imports another has all its macros made anew; the marks were made ten times for some pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment

from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import Wording

_ALIKE = {
    "marks": ("icon", "state", "standing", "verdict", "withdrawn"),
    "case_marks": ("state", "ground"),
}
"""The templates, with those macros that say what they are asked for and nothing of anybody: each is written
once."""
_MOST = 512


class KeptMacros:
    """The macros of templates that know nothing of a request, save by functions that ask it."""

    def __init__(self, environment: Environment, wording: Wording) -> None:
        self._environment, self._wording = environment, wording
        self.of = cache(self._of)
        """All of them in a language, by what templates call them."""

    def _of(self, language: str) -> Mapping[str, Any]:
        return {name: self._made(name, alike, language) for name, alike in _ALIKE.items()}

    def _made(self, name: str, alike: Sequence[str], language: str) -> Any:
        voice = Voice(self._wording, language)
        template: Any = self._environment.get_template(f"{name}.html")
        module = template.make_module({"voice": voice, "say": voice.say})
        for one in alike:
            setattr(module, one, lru_cache(maxsize=_MOST)(getattr(module, one)))
        return module

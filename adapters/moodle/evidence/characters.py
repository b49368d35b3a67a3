"""How long a text is to its reader."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[^>]*>")


def characters_in(text: str) -> int:
    """How many characters a reader sees: no tags, no blanks around."""
    return len(html.unescape(_TAG.sub("", text)).strip())

"""Which page of a list an address asks for."""

from __future__ import annotations

from flask import request

_DIGITS = 9


def page_asked() -> int:
    """The number behind `page`; whatever is none asks for the first."""
    asked = request.args.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else 1

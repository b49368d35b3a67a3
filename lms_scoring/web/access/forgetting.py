"""What a browser kept of us is thrown away once somebody leaves, or somebody else sits down at it.

Boards may be kept, and a browser that goes back asks nobody whether what it shows still holds: neither its
cache, nor the pages of a window that it left standing as they were.
"""

from __future__ import annotations

from flask import g
from werkzeug.wrappers import Response


def forget_kept() -> None:
    """Has the answer to this request tell the browser so."""
    g.kept_is_forgotten = True


def tell(response: Response) -> None:
    """Tells the browser, if this request is to."""
    if "kept_is_forgotten" in g:
        response.headers["Clear-Site-Data"] = '"cache"'

"""Which columns and how many rows of a board somebody chose: remembered in a cookie, in a frame too.

Where a browser keeps no cookie, the addresses of the board carry the choice from page to page.
"""

from __future__ import annotations

from flask import Response
from flask.globals import request_ctx

from lms_scoring.web.access.kept_choices import keep_choice
from lms_scoring.web.scoreboard.board_query import SIZES, BoardQuery

COOKIE, COOKIE_OF_FRAMES = "board", "__Host-board"


def remembered() -> dict[str, str]:
    """The choice as parameters of an address; nothing where there is none."""
    cookies = request_ctx.request.cookies
    size, _, hidden = (cookies.get(COOKIE_OF_FRAMES) or cookies.get(COOKIE) or "").partition(".")
    return {"rows": size, "hide": hidden} if size and size in map(str, SIZES) else {}


def remember(response: Response, query: BoardQuery, *, columns: frozenset[str]) -> None:
    """Keeps the choice of this query; what was hidden among other columns than these stays hidden."""
    others = set(remembered().get("hide", "").split(".")) - columns - {""}
    value = ".".join([str(query.size), *sorted(others | query.hidden)])
    keep_choice(response, value, own=COOKIE, of_frames=COOKIE_OF_FRAMES)

"""What PostgreSQL's errors mean for whoever runs it; never in the server's words, which quote data."""

from __future__ import annotations

from typing import Any

_NOTHING = "nothing of this step was stored"

_CANNOT_STORE = (
    "a number beyond 64 bits, or a text that holds a NUL or is no Unicode, cannot be stored, and nothing of "
    "this step was; whoever reads it in must refuse it"
)
_UNREACHABLE = (
    "the database cannot be reached; check that PostgreSQL runs and that LMS_SCORING_DATABASE_URL names its "
    "host and port"
)
_LOST = f"the connection to the database was lost; {_NOTHING}: try again, it runs again or was restarted"
_REFUSED = (
    "the database does not let this program in; check the name and the password in LMS_SCORING_DATABASE_URL"
)
_MISSING = (
    "the database that LMS_SCORING_DATABASE_URL names does not exist; create it (`createdb`), then run "
    "`lms-scoring db upgrade`"
)

_SENTENCES = {
    "22003": _CANNOT_STORE,
    "22021": _CANNOT_STORE,
    "28000": _REFUSED,
    "28P01": _REFUSED,
    "3D000": _MISSING,
    "25006": f"the database is a copy that may only be read; {_NOTHING}: name the one that may be written to",
    "40001": f"another program changed the same rows at the same time; {_NOTHING}: try again",
    "40P01": f"another program changed the same rows at the same time; {_NOTHING}: try again",
    "42501": "the database does not let this program do that; make its user the owner of the tables",
    "53100": f"the disk of the database is full; {_NOTHING}: make room and try again",
    "53200": f"the database ran out of memory; {_NOTHING}: give it more, or try again when less is going on",
    "53300": f"the database has too many connections; {_NOTHING}: raise max_connections or run fewer",
    "55P03": (
        "the database stayed locked by another program for {waited} s; "
        f"{_NOTHING}: try again when the other is done"
    ),
    "57014": f"the statement was cancelled by the database or its operator; {_NOTHING}: try again",
    "25P03": f"this program said nothing for {{silent}} s in the middle of a step; {_NOTHING}: try again",
}
"""By SQLSTATE."""

_CLASSES = {"08": _LOST, "57": _LOST}
"""By the first two characters of it."""


def sentence_of(error: Exception, *, waited: int, silent: int) -> str | None:
    """What happened and what to do; None for what nobody foresaw."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        return _without_a_state(str(error))
    told = _SENTENCES.get(state) or _CLASSES.get(state[:2])
    return None if told is None else told.format(waited=waited, silent=silent)


def name_of(error: Exception) -> str:
    """The error by its kind and the constraint it is about; these are our own words."""
    found: Any = getattr(error, "diag", None)
    about = [getattr(found, name, None) for name in ("table_name", "constraint_name")]
    told = " ".join([type(error).__name__, *filter(None, [getattr(error, "sqlstate", None)])])
    return f"{told} ({', '.join(filter(None, about))})" if any(about) else told


def _without_a_state(reason: str) -> str:
    """What the driver says by itself: of values it cannot send, and of connections that it cannot make."""
    if "NUL" in reason:
        return _CANNOT_STORE
    if "password" in reason or "authentication" in reason or "role" in reason:
        return _REFUSED
    if "does not exist" in reason:
        return _MISSING
    return _LOST if "closed" in reason or "lost" in reason else _UNREACHABLE

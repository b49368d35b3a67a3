"""Who may show our pages in a frame, and where else their forms may go: the platform of this visitor."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from lms_scoring.web.access.sessions import current_session


def allow_frames(origins: Iterable[str]) -> None:
    """Lets these origins frame the answer to this request."""
    g.frames = tuple(origins)


def allow_forms(origins: Iterable[str]) -> None:
    """Lets the forms of this answer go to these origins too."""
    g.forms = tuple(origins)


def form_actions() -> str:
    """The value of the policy's `form-action`."""
    return " ".join(("'self'", *g.get("forms", ())))


def frame_ancestors() -> str:
    """The value of the policy's `frame-ancestors`: what this request allowed, else its session's platform."""
    session = current_session()
    launched = None if session is None else session.visitor.launched
    origins: tuple[str, ...] = g.get("frames") or (() if launched is None else launched.frames)
    return " ".join(origins) or "'none'"

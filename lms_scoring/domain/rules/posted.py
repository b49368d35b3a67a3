"""Which posts a rule may count: live ones in the window, unless somebody voided or restored them."""

from __future__ import annotations

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Action, Post, PostState
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.scorecard import Reason

_OBJECTIONS = {
    PostState.DELETED: Reason.DELETED,
    PostState.FLOODING: Reason.FLOODING,
    PostState.PRIVATE: Reason.PRIVATE,
}


def post_objection(post: Post, dossier: Dossier, *, window: Span) -> Reason | None:
    """Why a post does not count; None if it may. Restoring lifts a finding of flooding, nothing else."""
    refused = dossier.decisions.objection(post)
    if refused is not None:
        return refused
    restored = dossier.decisions.action(post) is Action.RESTORE
    if post.state is not PostState.LIVE and not (restored and post.state is PostState.FLOODING):
        return _OBJECTIONS[post.state]
    if post.created_at is None or not window.holds(post.created_at):
        return Reason.OUTSIDE_WINDOW
    return None


def post_order(post: Post) -> tuple[int, str]:
    """Posts in the order of time; ties by id."""
    return (-1 if post.created_at is None else post.created_at, post.id)

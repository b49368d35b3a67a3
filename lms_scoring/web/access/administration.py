"""Pages for administrators of the whole installation: who gets in, and the way there on every page."""

from __future__ import annotations

from flask import Blueprint, Flask

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Store
from lms_scoring.services.access.roles import administers, check_administers
from lms_scoring.web.access.sessions import current_session, current_visitor


def install(app: Flask, store: Store) -> None:
    """Lets templates ask whether the visitor administers everything here."""

    @app.context_processor
    def told() -> dict[str, object]:
        return {"administers": lambda: _is_shown_the_way(store)}


def close_to_others(pages: Blueprint, store: Store) -> None:
    """Nobody else gets in: raises NotAllowed before any of the views."""

    @pages.before_request
    def administrators_only() -> None:
        check_administers(store, current_visitor())


def _is_shown_the_way(store: Store) -> bool:
    session = current_session()
    try:
        with store.reading() as transaction:
            return session is not None and administers(transaction, session.visitor)
    except StoreError:
        return False  # the page that says so must not fail on its own menu

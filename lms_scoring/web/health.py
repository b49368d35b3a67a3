"""Whether the service works, for whoever watches over it; tells nothing about anybody."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Store

_log = logging.getLogger(__name__)


def blueprint(store: Store) -> Blueprint:
    """`/health`: 200 while the store answers, else 503."""
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def health() -> Response:
        try:
            with store.reading() as transaction:
                transaction.courses()
        except StoreError:
            _log.exception("the store does not answer")
            return _answer("store unreachable", 503)
        return _answer("ok", 200)

    return pages


def _answer(state: str, status: int) -> Response:
    response = jsonify(status=state)
    response.status_code = status
    return response

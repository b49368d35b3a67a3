"""A view behind a forgotten guard still learns nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import Unauthorized

from lms_scoring.ports import Visitor
from lms_scoring.web.access.credentials import form_token
from lms_scoring.web.access.sessions import Session, current_session, current_visitor, remember


def test_nobody_is_taken_for_a_visitor() -> None:
    with Flask("test").test_request_context():
        assert current_session() is None
        with pytest.raises(Unauthorized):
            current_visitor()


def test_a_session_lasts_for_its_request_and_hides_its_token() -> None:
    session = Session(visitor=Visitor(person="li"), secret="known to one", digest="secret digest")
    with Flask("test").test_request_context():
        remember(session)
        assert current_visitor().person == "li"
    assert session.token == form_token("known to one")
    assert not any(hidden in repr(session) for hidden in ("known to one", "secret digest", session.token))

"""What a request does not bring is as cheap to ask for as what it brings, and means the same as Flask's."""

from __future__ import annotations

import pytest
from flask import Flask, Request, request

from lms_scoring.web.plain_request import PlainRequest


@pytest.fixture
def app() -> Flask:
    app = Flask("asked")
    app.request_class = PlainRequest
    return app


def test_of_several_of_one_name_the_first_counts(app: Flask) -> None:
    with app.test_request_context("/?rows=50&rows=100", headers={"Cookie": "board=50; board=100"}):
        assert request.args.get("rows") == "50"
        assert request.args.getlist("rows") == ["50", "100"]
        assert request.cookies.get("board") == "50"


def test_what_is_not_there_is_the_default_as_is_what_cannot_be_read(app: Flask) -> None:
    with app.test_request_context("/?page=two"):
        assert request.args.get("sort") is None
        assert request.args.get("sort", "name") == "name"
        assert request.args.get("page", default=1, type=int) == 1
        assert request.args.get("rows", default=50, type=int) == 50
        assert request.cookies.get("board") is None


def test_what_a_form_does_not_say_is_nothing(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"search": "wang"}):
        assert (request.form.get("search"), request.form.get("token")) == ("wang", None)


@pytest.mark.parametrize("header", ['a="x, y"; b=\xe4\xb8; c', "a=1; =; ;b==2", "\xff", ""])
def test_cookies_are_read_as_flask_reads_them(app: Flask, header: str) -> None:
    environ = {"HTTP_COOKIE": header}
    assert PlainRequest(environ).cookies == Request(environ).cookies

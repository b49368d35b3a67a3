"""Sends the forms of a page as a browser would: with the token, and with what stands in the fields."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.web.html_page import HtmlPage


def token_in(page: HtmlPage) -> str:
    """The token that the forms of a page carry."""
    return next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "token")


def token_of(client: FlaskClient) -> str:
    """The token of the session's forms, as its pages carry it; empty if there is no session."""
    text = client.get("/no-such-page").text
    return text.partition('name="token" value="')[2].partition('"')[0]


def sent(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """The answer to a form with these fields; its token is that of the visitor's pages."""
    token = token_in(HtmlPage(client.get("/no-such-page").text))
    return client.post(path, data={"token": token, **fields})


def pressed(page: HtmlPage, name: str) -> str:
    """The value that the button of that name carries."""
    (button,) = (one for one in page.all("button") if one.attributes.get("name") == name)
    return button.attributes["value"]

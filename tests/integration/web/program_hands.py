"""Goes from page to page of the complete school as a program: with cookies and forms, without a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.web.complete import CompleteSchool


@dataclass
class ProgramHands:
    """`client` has the cookies of whoever goes."""

    school: CompleteSchool
    language: str
    client: FlaskClient
    answer: TestResponse | None = None

    @property
    def status(self) -> int:
        return self._shown.status_code

    @property
    def text(self) -> str:
        return self._shown.text

    @property
    def path(self) -> str:
        asked = self._shown.request
        query = asked.query_string.decode()
        return f"{asked.path}?{query}" if query else asked.path

    def go(self, path: str) -> None:
        self.answer = self.client.get(path, headers=self._headers(), follow_redirects=True)

    def send(self, path: str, fields: Mapping[str, str]) -> None:
        token = re.search(r'name="token" value="([^"]*)"', self.text)
        form = {**({} if token is None else {"token": token[1]}), **fields}
        self.answer = self.client.post(path, data=form, headers=self._headers(), follow_redirects=True)

    def launch(self, login: str, *, forgets: bool = False) -> None:
        sent = self.client.get(login, headers=self._headers())
        kept = re.search(r'data-address="([^"]*)"', sent.text)
        address = sent.headers["Location"] if kept is None else unescape(kept[1])
        form = self.school.course_page.form(dict(parse_qsl(urlsplit(address).query)))
        if forgets:
            self.client = self.school.app.test_client()
        self.answer = self.client.post(
            "/lti/launch", data=form, headers=self._headers(), follow_redirects=True
        )

    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language}

    @property
    def _shown(self) -> TestResponse:
        assert self.answer is not None
        return self.answer

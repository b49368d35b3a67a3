"""Other programs that ask the school for results, and the keys they get."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from lms_scoring.ports import ApiKey
from lms_scoring.services.access.api_keys import issue
from lms_scoring.web.api.keys import digest_of_key, new_key
from tests.integration.web.school import School


class Program:
    """Another program with a key (None: with none)."""

    def __init__(self, school: School, key: str | None) -> None:
        self.client: FlaskClient = school.app.test_client()
        self.headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{address}", headers={**self.headers, **headers})

    def read(self, address: str) -> Any:
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json


def given_key(school: School, *, course: str | None = None, days: int | None = None) -> tuple[str, ApiKey]:
    secret = new_key()
    made = issue(
        school.store, digest_of_key(secret), clock=school.clock, name="county", course=course, days=days
    )
    return secret, made

"""The API does what its own description says, for whatever the description allows and does not allow."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode

from lms_scoring.services.access.api_keys import issue
from lms_scoring.web.api.keys import digest_of_key, new_key
from tests.integration.web.school import COURSE, School

KEY = new_key()


COURSES, OF_COURSE = "/api/v1/courses", "/api/v1/courses/{course}"
ADDRESSES = (
    COURSES,
    f"{OF_COURSE}/results",
    f"{OF_COURSE}/people/{{person}}",
    f"{OF_COURSE}/people/{{person}}/evidence",
    f"{OF_COURSE}/cases",
    f"{OF_COURSE}/disputes",
)
KNOWN = {"course": COURSE, "person": "moodle-7"}


@pytest.fixture(scope="session")
def api(school: School) -> Any:
    """The description, as the application gives it out."""
    issue(school.store, digest_of_key(KEY), clock=school.clock, name="tester", course=None, days=None)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", school.app)


def test_every_address_that_is_described_is_asked(api: Any) -> None:
    assert {operation.ok().path for operation in api.get_all_operations()} == set(ADDRESSES)


@pytest.mark.parametrize("known", [True, False], ids=["what there is", "anything"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("address", ADDRESSES)
def test_it_keeps_to_its_description(api: Any, address: str, mode: GenerationMode, known: bool) -> None:
    if mode is GenerationMode.NEGATIVE and address == COURSES:
        return  # it takes nothing that could be wrong
    answered = set()

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=api[address]["GET"].as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        if known:
            case.path_parameters.update({name: KNOWN[name] for name in case.path_parameters})
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})
        answered.add(answer.status_code)

    ask()
    assert answered
    assert not known or mode is GenerationMode.NEGATIVE or 200 in answered

"""Addresses that templates write are those that Flask would write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import BuildError

from lms_scoring.web.addresses import Addresses

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def shown(**_: object) -> str:
    return ""


APP = Flask("addresses")
for endpoint, path in {
    "home": "/",
    "board": "/courses/<course>/",
    "person": "/courses/<course>/people/<path:person>",
    "case": "/courses/<course>/cases/<int:number>",
}.items():
    APP.add_url_rule(path, endpoint, shown)
APP.add_url_rule("/either/<course>", "either", shown)
APP.add_url_rule("/either", "either", shown)


@pytest.fixture(params=["", "/under"], scope="module")
def addresses(request: pytest.FixtureRequest) -> Iterator[Addresses]:
    with APP.test_request_context("/", environ_overrides={"SCRIPT_NAME": request.param}):
        yield Addresses(APP)


@given(
    course=TEXTS,
    person=TEXTS,
    others=st.dictionaries(
        st.sampled_from(["kind", "id", "class", "record"]),
        TEXTS | st.none() | st.lists(TEXTS, max_size=2),
    ),
    anchor=st.none() | TEXTS,
)
def test_an_address_is_what_flask_makes_of_it(
    addresses: Addresses, course: str, person: str, others: dict[str, Any], anchor: str | None
) -> None:
    named: dict[str, dict[str, Any]] = {
        "home": {},
        "board": {"course": course},
        "person": {"course": course, "person": person},
        "case": {"course": course, "number": 12},
        "either": {"course": course},
    }
    for endpoint, values in named.items():
        told = {**values, **others, "_anchor": anchor}
        assert addresses.url_for(endpoint, **told) == APP.url_for(endpoint, **told)
    assert addresses.url_for("either", **others) == APP.url_for("either", **others)


@pytest.mark.parametrize(
    ("endpoint", "values"), [("nowhere", {}), ("board", {}), ("board", {"course": None})]
)
def test_what_has_no_address_is_refused(addresses: Addresses, endpoint: str, values: dict[str, None]) -> None:
    with pytest.raises(BuildError):
        addresses.url_for(endpoint, **values)

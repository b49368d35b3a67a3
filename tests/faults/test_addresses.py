"""However an address into our own network is spelled, and whichever way it comes in, nothing connects."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from tests.integration.lti.spellings import spellings
from tests.integration.lti.ways_in import WAYS, Platform, Way, check


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_nothing_connects(httpserver: HTTPServer, way: Way) -> None:
    check(Platform(httpserver), way, spellings)

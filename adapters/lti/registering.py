"""Registering with a platform by the link that its administrator gave us (Dynamic Registration 1.0, 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.lti.origins import Connect, origin_of, path_of
from adapters.lti.payloads import read
from lms_scoring.domain.errors import PlatformError, PlatformMisread, PlatformRefused
from lms_scoring.domain.failure import Instead
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.tool import check_configuration, registered, tool_configuration

LARGEST = 256 * 1024
"""Bytes of an answer; a Moodle's configuration has 2,600."""
_CONFIGURATION = "openid configuration"
_REGISTRATION = "registration"


class Registering:
    """Registers us. Anybody can send a browser here with a link, so its connections are not kept.

    `public_url` is ours.
    """

    def __init__(self, connect: Connect, *, public_url: str) -> None:
        self._connect = connect
        self._public_url = public_url

    def register(self, configuration_url: str, *, token: str | None) -> Registration:
        """The registration that the platform made of us: pending, not yet kept.

        `token` is good once; it goes into a header of the platform's own origin and nowhere else. Raises
        LaunchRefused (CONFIGURATION) for a platform that describes itself wrongly, PlatformError otherwise.
        """
        client = self._connect(origin_of(configuration_url, call=_CONFIGURATION))
        try:
            configuration = _configuration(client, configuration_url)
            endpoint = _endpoint(configuration, configuration_url)
            self._check_addresses(configuration)
            answer = self._registered(client, endpoint, token)
        finally:
            client.close()
        return registered(configuration, answer)

    def _check_addresses(self, configuration: Mapping[str, Any]) -> None:
        """Whether we could ask them later, as far as the addresses tell; better said now than at a launch."""
        origin_of(configuration["authorization_endpoint"], call="authorization_endpoint")
        for name in ("token_endpoint", "jwks_uri"):
            self._connect(origin_of(configuration[name], call=name)).close()

    def _registered(self, client: HttpClient, endpoint: str, token: str | None) -> dict[str, Any]:
        body = msgspec.json.encode(tool_configuration(self._public_url))
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        origin_of(endpoint, call=_REGISTRATION)
        answer = client.post(
            path_of(endpoint), json=body, headers=headers, call=_REGISTRATION, repeatable=False
        )
        if answer.status not in (200, 201):
            raise PlatformRefused(
                client.platform,
                _REGISTRATION,
                f"HTTP {answer.status}: the platform did not register us. Its link is good once and for an "
                "hour in a Moodle: begin anew in the platform",
            )
        return _table(answer, client, _REGISTRATION)


def _configuration(client: HttpClient, url: str) -> dict[str, Any]:
    try:
        answer = client.follow(url, headers={"Accept": "application/json"}, call=_CONFIGURATION)
    except PlatformError as error:
        # some platforms put the registration token into this URL, and the cause would show it
        raise error from None
    if answer.status != 200:
        raise PlatformRefused(
            client.platform,
            _CONFIGURATION,
            f"HTTP {answer.status}: the platform does not say how to register; begin anew in the platform",
        )
    return _table(answer, client, _CONFIGURATION)


def _endpoint(configuration: Mapping[str, Any], fetched_from: str) -> str:
    try:
        return check_configuration(configuration, fetched_from=fetched_from)
    except ValueError as error:
        raise LaunchRefused(Refusal.CONFIGURATION, "one of its addresses is none") from error


def _table(answer: Answer, client: HttpClient, call: str) -> dict[str, Any]:
    if len(answer.body) > LARGEST:
        long = f"the answer has {len(answer.body)} bytes"
        raise PlatformMisread(client.platform, call, long, instead=Instead.TOO_LONG)
    return read(answer, dict[str, Any], platform=client.platform, call=call)

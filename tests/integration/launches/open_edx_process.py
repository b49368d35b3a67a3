"""The program that runs inside Open edX's environment: questions in, answers out, a line of JSON each."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings

settings.configure(
    PLATFORM_NAME="Open edX",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    USE_TZ=True,
)
django.setup()

from lti_consumer.data import Lti1p3LaunchData  # noqa: E402  # only once Django is set up
from lti_consumer.lti_1p3.consumer import LtiAdvantageConsumer  # noqa: E402  # the same


class Platform:
    """Answers by its methods' names, as the platform's own views use the consumer."""

    def __init__(self, *, return_url: str, **arguments: str) -> None:
        redirect = arguments["lti_launch_url"]
        self._consumer = LtiAdvantageConsumer(**arguments, redirect_uris=[redirect])
        self._consumer.enable_ags(lineitems_url=f"{arguments['iss']}/lineitems")
        self._consumer.enable_nrps(f"{arguments['iss']}/members")
        self._return_url = return_url

    def preflight(self, data: dict[str, Any]) -> str:
        """The address that a browser is sent to first."""
        launch = Lti1p3LaunchData(**data)
        if launch.message_type == "LtiDeepLinkingRequest":
            self._consumer.enable_deep_linking(self._consumer.launch_url, self._return_url)
        user = launch.external_user_id or launch.user_id
        self._consumer.set_user_data(
            user, launch.user_role, full_name=launch.name, email_address=launch.email
        )
        self._consumer.set_resource_link_claim(launch.resource_link_id)
        if launch.context_id:
            self._consumer.set_context_claim(launch.context_id, context_title=launch.context_title)
        return str(self._consumer.prepare_preflight_url(launch))

    def launch(self, answer: dict[str, str]) -> dict[str, str]:
        """The form for the tool, once the browser comes back with the tool's answer."""
        found: dict[str, str] = self._consumer.generate_launch_request(answer)
        return found

    def keys(self) -> dict[str, Any]:
        """Its public keys."""
        found: dict[str, Any] = self._consumer.get_public_keyset()
        return found

    def placed(self, token: str) -> list[dict[str, Any]]:
        """The links in a tool's deep linking answer."""
        found: list[dict[str, Any]] = self._consumer.check_and_decode_deep_linking_token(token)
        return found

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """An access token for a tool that proves who it is."""
        found: dict[str, Any] = self._consumer.access_token(form)
        return found

    def opens(self, token: str, scope: str) -> bool:
        """Whether an access token is good for something."""
        return bool(self._consumer.check_token(token, [scope]))


def main() -> None:
    """Answers until nothing is asked any more."""
    platform = Platform(**json.loads(sys.argv[1]))
    for line in sys.stdin:
        values = json.loads(line)
        try:
            said = {"answer": getattr(platform, values.pop("ask"))(**values)}
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever asked must hear of it
            said = {"refused": type(error).__name__}
        print(json.dumps(said), flush=True)  # noqa: T201  # this is how it answers


if __name__ == "__main__":
    main()

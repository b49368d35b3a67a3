"""Access tokens: asked for by a signed assertion, kept while they last, got anew when a service says 401."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Mapping

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.keys import public_key_set
from tests.integration.lti import recorded
from tests.integration.lti.asking import (
    NOW,
    SetClock,
    connecting,
    own_key,
    registration,
    root,
    roster_of,
    service,
)

MEMBERSHIP = frozenset({Scope.MEMBERSHIP.value})


class Endpoint:
    """A token endpoint that numbers its tokens."""

    def __init__(self, server: HTTPServer, *, lasts: object = 3600, path: str = "/token") -> None:
        self.forms: list[Mapping[str, str]] = []
        self._lasts = lasts
        server.expect_request(path, method="POST").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.forms.append(request.form.to_dict())
        lasts = "" if self._lasts is None else f', "expires_in": {self._lasts}'
        body = f'{{"access_token": "token-{len(self.forms)}", "token_type": "Bearer"{lasts}}}'
        return Response(body, content_type="text/html; charset=utf-8")  # as a Moodle does


def tokens(clock: SetClock | None = None) -> AccessTokens:
    return AccessTokens(
        connecting(attempts=3), own_key=own_key, clock=clock or SetClock(), new_id=lambda: "id-1"
    )


def test_a_token_is_asked_for_by_an_assertion_that_our_key_signed(httpserver: HTTPServer) -> None:
    endpoint = Endpoint(httpserver)
    ours = registration(root(httpserver))
    assert tokens().token(ours, ["scope-b", "scope-a"]) == "token-1"
    form = endpoint.forms[0]
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == "scope-a scope-b"
    said = jwt.decode(form["client_assertion"], KeySet.import_key_set(public_key_set([own_key()])))  # type: ignore[arg-type]  # a plain table will do
    assert said.header["kid"] == own_key().id
    assert said.claims == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": ours.token_url,
        "iat": NOW // 1000 - 5,
        "exp": NOW // 1000 + 300,
        "jti": "id-1",
    }


def test_a_token_is_kept_until_a_minute_before_its_end(httpserver: HTTPServer) -> None:
    endpoint, clock = Endpoint(httpserver), SetClock()
    keeping, ours = tokens(clock), registration(root(httpserver))
    assert keeping.token(ours, ["a", "b"]) == keeping.token(ours, ["b", "a"]) == "token-1"
    clock.at += (3600 - 60) * 1000 - 1
    assert keeping.token(ours, ["a", "b"]) == "token-1"
    clock.at += 1
    assert keeping.token(ours, ["a", "b"]) == "token-2"
    assert len(endpoint.forms) == 2


@pytest.mark.parametrize(
    ("lasts", "kept_for"),
    [
        (3600.5, 3540), ('"3600"', 3540), (None, 240), ('"soon"', 240), (60, 0), (0, 0), (-5, 0),
        (10**12, 86_340), ('"' + "9" * 5000 + '"', 240),
    ],
)  # fmt: skip
def test_whatever_an_endpoint_says_of_the_end_a_token_is_kept_sensibly(
    httpserver: HTTPServer, lasts: object, kept_for: int
) -> None:
    endpoint, clock = Endpoint(httpserver, lasts=lasts), SetClock()
    keeping, ours = tokens(clock), registration(root(httpserver))
    keeping.token(ours, ["a"])
    clock.at += max(kept_for * 1000 - 1, 0)
    keeping.token(ours, ["a"])
    assert len(endpoint.forms) == (1 if kept_for else 2)
    clock.at += 1000
    keeping.token(ours, ["a"])
    assert len(endpoint.forms) == (2 if kept_for else 3)


def test_registrations_and_scopes_do_not_share_tokens(httpserver: HTTPServer) -> None:
    Endpoint(httpserver)
    keeping, first = tokens(), registration(root(httpserver))
    second = Registration(
        id=2,
        issuer=first.issuer,
        client_id=first.client_id,
        auth_url=first.auth_url,
        token_url=first.token_url,
        jwks_url=first.jwks_url,
    )
    got = [keeping.token(ours, scopes) for ours in (first, second) for scopes in (["a"], ["a", "b"])]
    assert len(set(got)) == 4


def test_many_threads_at_once_ask_for_one_token(httpserver: HTTPServer) -> None:
    endpoint = Endpoint(httpserver)
    keeping, ours, together, got = tokens(), registration(root(httpserver)), threading.Barrier(8), []

    def ask() -> None:
        together.wait(10)
        got.append(keeping.token(ours, ["a"]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, len(endpoint.forms)) == (["token-1"] * 8, 1)


def test_what_one_caller_replaced_another_does_not_replace_again(httpserver: HTTPServer) -> None:
    Endpoint(httpserver)
    keeping, ours = tokens(), registration(root(httpserver))
    old = keeping.token(ours, ["a"])
    assert keeping.token(ours, ["a"], instead_of=old) == "token-2"
    assert keeping.token(ours, ["a"], instead_of=old) == "token-2"


def test_a_service_that_refuses_a_token_is_asked_once_more_with_a_new_one(httpserver: HTTPServer) -> None:
    endpoint = Endpoint(httpserver)

    def members(request: Request) -> Response:
        if request.headers["Authorization"] == "Bearer token-1":
            return recorded.response(httpserver, "roster by a bad token")
        return recorded.response(httpserver, "roster")

    httpserver.expect_request("/members").respond_with_handler(members)
    roster = roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for("/members"))
    assert (len(roster), len(endpoint.forms)) == (59, 2)


def test_a_service_that_refuses_the_new_token_too_is_not_asked_again(httpserver: HTTPServer) -> None:
    endpoint = Endpoint(httpserver)
    recorded.serve(httpserver, "roster by a bad token", path="/members")
    with pytest.raises(PlatformRefused, match=r"roster: HTTP 401: .*Services"):
        roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for("/members"))
    assert (len(endpoint.forms), len(httpserver.log)) == (2, 4)


def test_a_token_in_a_moodles_text_html_is_one(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "token")
    ours = registration(root(httpserver), token_url=httpserver.url_for("/mod/lti/token.php"))
    assert tokens().token(ours, MEMBERSHIP) == "recorded-token"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("token when the key set cannot be fetched", "Moodle may block our address or port: .*HTTP security"),
        ("token for an empty scope", r"HTTP 400 \[invalid_request\]: .*token URL"),
        ("token for an unknown scope", r"HTTP 400 \[invalid_scope\]: .*Services"),
        ("token for an expired assertion", r"HTTP 400 \[Expired token\]: .*clock"),
    ],
)  # fmt: skip
def test_a_moodles_refusals_say_what_to_do(httpserver: HTTPServer, step: str, words: str) -> None:
    recorded.serve(httpserver, step, path="/token")
    with pytest.raises(PlatformRefused, match=words):
        tokens().token(registration(root(httpserver)), MEMBERSHIP)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, '{"error": "invalid_client"}', PlatformRefused),
        (400, '{"error": "SECRET-OF-THE-PLATFORM"}', PlatformRefused),
        (400, "no JSON", PlatformRefused),
        (403, "", PlatformRefused),
        (302, "", PlatformRefused),
        (503, "", PlatformBusy),
        (429, "", PlatformBusy),
        (200, "<html>Log in</html>", PlatformMisread),
        (200, '{"access_token": ""}', PlatformMisread),
        (200, '{"access_token": 5}', PlatformMisread),
        (200, '{"access_token": "tok', PlatformUnreachable),
        (200, "[" * 100_000, PlatformMisread),
        (200, '{"access_token": "x", "expires_in": ' + "9" * 5000 + "}", PlatformMisread),
    ],
)
def test_anything_but_a_token_is_an_error_that_shows_nothing(
    httpserver: HTTPServer, status: int, body: str, kind: type[PlatformError]
) -> None:
    httpserver.expect_request("/token").respond_with_data(body, status=status)
    with pytest.raises(kind) as caught:
        tokens().token(registration(root(httpserver)), MEMBERSHIP)
    assert "SECRET" not in str(caught.value)
    assert len(httpserver.log) == 1, "an assertion is good once"


def test_neither_token_nor_assertion_is_in_a_message_or_log(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint = Endpoint(httpserver)
    httpserver.expect_request("/members").respond_with_data("token-1", status=418)
    with pytest.raises(PlatformRefused) as caught:
        roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for("/members"))
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "token-1" not in told
    assert endpoint.forms[0]["client_assertion"] not in told


def test_a_token_with_a_line_break_is_not_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/token").respond_with_json(
        {"access_token": "a\r\nHost: evil", "expires_in": 1}
    )
    with pytest.raises(PlatformRefused, match="Authorization"):
        roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for("/members"))
    assert len(httpserver.log) == 1

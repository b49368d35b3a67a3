"""What is done to a request by the fault proxy: each of them what networks, proxies and servers really do."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from tests.faults.fault_proxy import Exchange, Fault, Told

HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
_LOGIN_FORM = b"<html><form action='/login/index.php'><input name='u'><input type='password' name='p'></form>"


class End(StrEnum):
    """How a connection ends."""

    FIN = "FIN"
    RST = "RST"


def late(seconds: float) -> Fault:
    """The answer comes, and takes its time."""
    return held(lambda: None, seconds=seconds)


def held(until: Callable[[], object], *, seconds: float = 0.0) -> Fault:
    """The answer comes once something else has happened."""

    def act(exchange: Exchange) -> bool:
        until()
        exchange.ended.wait(seconds)
        exchange.answer(exchange.told())
        return True

    return Fault(f"late by {seconds:g} s", act)


def cut(end: End = End.RST) -> Fault:
    """The connection ends before the platform hears of anything."""

    def act(exchange: Exchange) -> bool:
        if end is End.RST:
            exchange.reset()
        return False

    return Fault(f"{end} before the answer", act)


def applied_then_reset() -> Fault:
    """The platform does what was asked; its answer is lost."""

    def act(exchange: Exchange) -> bool:
        exchange.told()
        exchange.reset()
        return False

    return Fault("applied, then reset", act)


def half(share: float = 0.5, *, told: bool = True, end: End = End.FIN) -> Fault:
    """A part of the body, of which the length was told or not, and then the end."""

    def act(exchange: Exchange) -> bool:
        answer = exchange.told()
        exchange.send(answer.head(length=len(answer.body) if told else None))
        exchange.send(answer.body[: int(len(answer.body) * share)])
        if end is End.RST:
            exchange.reset()
        return False

    return Fault(f"{share:g} of the body, length {'told' if told else 'untold'}, {end}", act)


def trickle(*, headers: bool, pause: float = 0.02) -> Fault:
    """A byte now and then, of the headers or of the body, for as long as somebody listens."""
    begun = b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if headers else b"Content-Length: 999999\r\n\r\n")

    def act(exchange: Exchange) -> bool:
        exchange.send(begun)
        while not exchange.ended.wait(pause):
            exchange.send(b"x")
        return False

    return Fault(f"trickling {'headers' if headers else 'body'}", act)


def black_hole() -> Fault:
    """Nothing ever comes."""

    def act(exchange: Exchange) -> bool:
        exchange.wait_until_the_client_has_gone()
        return False

    return Fault("black hole", act)


def instead(body: bytes, *, status: int = 200, headers: Mapping[str, str] = HTML, name: str = "") -> Fault:
    """Another answer, whole."""

    def act(exchange: Exchange) -> bool:
        exchange.answer(Told(status, headers, body))
        return True

    return Fault(name or f"HTTP {status}", act)


def login_page() -> Fault:
    """With 200, as single sign-on does it."""
    return instead(_LOGIN_FORM, name="login page")


def status(code: int, **headers: str) -> Fault:
    """An error of a server or of what stands before it: `status(503, Retry_After="7")`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    told = "".join(f", {name}: {value}" for name, value in named.items())
    return instead(b"<h1>Sorry</h1>", status=code, headers={**HTML, **named}, name=f"HTTP {code}{told}")


def redirect(location: str, code: int = 302) -> Fault:
    """Elsewhere."""
    return instead(b"", status=code, headers={**HTML, "Location": location}, name=f"{code} to {location}")


def bomb(size: int, *, layers: int = 1) -> Fault:
    """Little on the wire and much when it is unpacked."""
    packed = b'{"a":"' + bytes(size) + b'"}'
    for _ in range(layers):
        packed = gzip.compress(packed)
    headers = {**JSON, "Content-Encoding": ", ".join(["gzip"] * layers)}
    return instead(packed, headers=headers, name=f"{layers}-fold bomb of {size} bytes")


def endless() -> Fault:
    """A body without an end, as fast as it is taken."""

    def act(exchange: Exchange) -> bool:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while not exchange.ended.is_set():
            exchange.send(b'"' + b"x" * 65_000 + b'",')
        return False

    return Fault("endless body", act)


def announced(length: int) -> Fault:
    """A length that is far too large, told beforehand."""

    def act(exchange: Exchange) -> bool:
        exchange.send(Told(200, JSON, b"").head(length=length))
        return False

    return Fault(f"{length} bytes announced", act)


def deep(levels: int) -> Fault:
    """JSON that nobody's stack takes."""
    return instead(b'{"a":' * levels, headers=JSON, name=f"{levels} levels of JSON")


def edited(edit: Callable[[bytes], bytes], name: str) -> Fault:
    """The platform's own answer, changed."""

    def act(exchange: Exchange) -> bool:
        answer = exchange.told()
        exchange.answer(replace(answer, body=edit(answer.body)))
        return True

    return Fault(name, act)


def exception(errorcode: str) -> Fault:
    """A Moodle's refusal, which comes with 200."""
    body = {"exception": "moodle_exception", "errorcode": errorcode, "message": "in the site's language"}
    return instead(json.dumps(body).encode(), headers=JSON, name=errorcode)


def packed() -> Fault:
    """The platform's own answer in gzip, which is as good."""

    def act(exchange: Exchange) -> bool:
        answer = exchange.told()
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        exchange.answer(replace(answer, body=gzip.compress(answer.body), headers=headers))
        return True

    return Fault("gzip", act)

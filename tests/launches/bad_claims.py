"""Hundreds of bad tokens: each claim that must be right, in every wrong form, and odd headers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from lms_scoring.lti.claims import Claim
from lms_scoring.lti.refusal import Refusal
from tests.launches.bad import Bad
from tests.launches.platform import (
    CLIENT,
    DEPLOYMENT,
    INSTRUCTOR,
    ISSUER,
    KID,
    NONCE,
    NOW,
    TARGET,
    Signing,
    claims,
    inside,
    key,
    part,
    signature_of,
    token,
    unsigned,
    without,
)


@cache
def generated() -> tuple[Bad, ...]:
    """Each claim that must be right, in every wrong form. Signed once in a process: it takes seconds."""
    return tuple(_generated())


def _generated() -> Iterator[Bad]:
    for claim, value in NEEDED.items():
        missing = Refusal.ANONYMOUS if claim == "sub" else _refusal_of(claim, None)
        yield Bad(f"{_short(claim)} missing", token(without(claims(), claim)), missing)
        for how, wrong in _wrong_forms(value):
            if _still_right(claim, value, wrong):
                continue
            payload = {**claims(), claim: wrong}
            yield Bad(f"{_short(claim)} {how}", token(payload), _refusal_of(claim, wrong))
        yield Bad(f"{_short(claim)} twice", token(_twice(claim, value)), Refusal.TOKEN_MALFORMED)
    for claim, value in OPTIONAL.items():
        for how, wrong in _wrong_kinds(value):
            payload = {**claims(), claim: wrong}
            yield Bad(f"optional {_short(claim)} {how}", token(payload), Refusal.CLAIM)
    for outer, inner in INNER:
        refusal = Refusal.RESOURCE_LINK if outer == Claim.RESOURCE_LINK else Refusal.CLAIM
        for how, wrong in _wrong_kinds("text"):
            payload = inside(claims(), outer, **{inner: wrong})
            yield Bad(f"{_short(outer)}.{inner} {how}", token(payload), refusal)
    yield from _headers()


def _headers() -> Iterator[Bad]:
    embedded = {**key("stranger").as_dict(private=False), "kid": KID}
    stranger = key("stranger")
    yield Bad("no kid", token(claims(), Signing(without=frozenset({"kid"}))), Refusal.KEY_ID)
    yield Bad(
        "embedded key", token(claims(), Signing(key=stranger, header={"jwk": embedded})), Refusal.SIGNATURE
    )
    yield Bad(
        "embedded key, no kid",
        token(claims(), Signing(key=stranger, header={"jwk": embedded}, without=frozenset({"kid"}))),
        Refusal.KEY_ID,
    )
    for name in ("jku", "x5u"):
        addressed = {name: "https://stranger.example/keys"}
        yield Bad(
            f"{name} of a stranger",
            token(claims(), Signing(key=stranger, header=addressed)),
            Refusal.SIGNATURE,
        )
    yield Bad(
        "x5c of a stranger",
        token(claims(), Signing(key=stranger, header={"x5c": ["MIIB"]})),
        Refusal.SIGNATURE,
    )
    kids: list[Any] = ["unknown", "", None, 1, True, [KID], {"kid": KID}, "../../etc/passwd", "' OR 1=1 --"]
    kids += [KID.upper(), f"{KID} ", f" {KID}", "кey-1", "https://stranger.example/key", "k" * 5_000]
    for kid in kids:
        readable = isinstance(kid, str) and kid != ""
        refusal = Refusal.KEY_UNKNOWN if readable else Refusal.KEY_ID
        yield Bad(f"kid {str(kid)[:30]!r}", _under({"alg": "RS256", "kid": kid}), refusal)
    for extension in (["exp"], ["b64"], ["unknown"], [], "exp", None):
        header = {"alg": "RS256", "kid": KID, "crit": extension}
        yield Bad(f"crit {extension!r}", _under(header), Refusal.TOKEN_MALFORMED)
    known = {"alg": "RS256", "kid": KID, "b64": True, "crit": ["b64"]}
    yield Bad("crit of a known extension", _under(known), Refusal.TOKEN_MALFORMED)
    algorithms: list[Any] = [None, 1, [], ["RS256"], "rs256", "RS256 ", "RS256\x00", {}, "dir", "A128KW"]
    for algorithm in algorithms:
        yield Bad(f"alg is {algorithm!r}", _under({"alg": algorithm, "kid": KID}), Refusal.ALGORITHM)
    for name, text in (
        ("twice an alg", b'{"alg":"RS256","alg":"none","kid":"key-1"}'),
        ("twice an alg, the last one right", b'{"alg":"none","alg":"RS256","kid":"key-1"}'),
        ("twice the same kid", b'{"alg":"RS256","kid":"key-1","kid":"key-1"}'),
        ("an array", b"[]"),
        ("null", b"null"),
        ("no JSON", b"{alg:RS256}"),
        ("NaN", b'{"alg":"RS256","kid":"key-1","x":NaN}'),
        ("deep", b"[" * 9_000),
        ("no UTF-8", b'{"alg":"RS256","kid":"\xff"}'),
    ):
        yield Bad(f"header {name}", _under(text), Refusal.TOKEN_MALFORMED)


def _under(header: Mapping[str, Any] | bytes) -> str:
    """Good claims under any header at all, which the platform's own key signed."""
    head_and_body = unsigned(header, claims()).rpartition(".")[0]
    return f"{head_and_body}.{part(signature_of(head_and_body))}"


NEEDED: Mapping[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "3",
    "iat": NOW,
    "exp": NOW + 60,
    "nonce": NONCE,
    Claim.DEPLOYMENT: DEPLOYMENT,
    Claim.TARGET: TARGET,
    Claim.ROLES: [INSTRUCTOR],
    Claim.MESSAGE_TYPE: "LtiResourceLinkRequest",
    Claim.VERSION: "1.3.0",
    Claim.RESOURCE_LINK: {"id": "1"},
}
OPTIONAL: Mapping[str, Any] = {
    "name": "text",
    "given_name": "text",
    "family_name": "text",
    Claim.CONTEXT: {},
    Claim.PRESENTATION: {},
    Claim.CUSTOM: {},
    Claim.GRADES: {},
    Claim.NAMES_AND_ROLES: {},
}
INNER = (
    (Claim.CONTEXT, "id"),
    (Claim.CONTEXT, "title"),
    (Claim.CONTEXT, "label"),
    (Claim.RESOURCE_LINK, "id"),
    (Claim.PRESENTATION, "locale"),
    (Claim.PRESENTATION, "return_url"),
    (Claim.GRADES, "lineitems"),
    (Claim.NAMES_AND_ROLES, "context_memberships_url"),
)
_LOOK_ALIKE = str.maketrans(
    {"a": "а", "e": "е", "o": "о", "c": "с", "1": "１", "3": "３", ".": "．", "i": "і"}
)


def _wrong_kinds(value: Any) -> Iterator[tuple[str, Any]]:
    """Values of every other kind; null is left out, for what may be missing may be null."""
    kinds: dict[str, Any] = {
        "a number": 7,
        "a fraction": 0.5,
        "minus one": -1,
        "true": True,
        "false": False,
        "a list": ["x"],
        "a list in a list": [["x"]],
    }
    if not isinstance(value, dict):
        kinds["an object"] = {"x": "y"}
    if isinstance(value, dict):
        kinds["a text"] = "x"
    else:
        kinds["far too long"] = "x" * 4_500
        kinds["with NUL"] = "x\x00y"
        kinds["half a surrogate pair"] = "\ud800"
    yield from kinds.items()


def _wrong_forms(value: Any) -> Iterator[tuple[str, Any]]:
    """Everything that is not the right value of a claim that must be there."""
    forms: dict[str, Any] = {
        "null": None,
        "an empty text": "",
        "an empty list": [],
        "an empty object": {},
        "a number": 7,
        "zero": 0,
        "a fraction": 0.5,
        "minus one": -1,
        "true": True,
        "false": False,
        "a list": ["x"],
        "a list of null": [None],
        "a list of numbers": [1],
        "a list in a list": [["x"]],
        "an object": {"x": "y"},
        "another text": "something else",
        "blank": "   ",
        "a huge number": 10**40,
        "a long text": "x" * 4_500,
        "NUL": "\x00",
        "half a surrogate pair": "\ud800",
        "a line break": "x\ny",
        "turned around": "\u202ex",
    }
    if isinstance(value, str):
        forms |= {
            "in other letters that look alike": value.translate(_LOOK_ALIKE),
            "in capitals": value.swapcase(),
            "with a space behind": f"{value} ",
            "with a space before": f" {value}",
            "with NUL behind": f"{value}\x00",
            "with a line break behind": f"{value}\n",
            "with an invisible letter": f"{value}\u200b",
            "in a list": [value, value],
            "in an object": {"value": value},
            "cut": value[:-1],
            "with more behind": f"{value}x",
            "escaped": value.replace("/", "%2F") + "%20",
        }
    if isinstance(value, int):
        forms |= {"as a text": str(value), "in a list": [value], "in an object": {"value": value}}
        forms |= {"a day before": value - 86_400, "in milliseconds": value * 1_000}
    yield from forms.items()


def _still_right(claim: str, value: Any, wrong: Any) -> bool:
    """What looks wrong and is allowed: nobody's role, another person, another deployment's plain name."""
    if wrong == value and type(wrong) is type(value):
        return True
    if claim == Claim.ROLES:
        return isinstance(wrong, list) and all(isinstance(one, str) for one in wrong)
    if claim == "sub":
        return isinstance(wrong, str) and _is_plain(wrong)
    return False


_REFUSALS: Mapping[str, Refusal] = {
    "iss": Refusal.ISSUER,
    "sub": Refusal.SUBJECT,
    "nonce": Refusal.NONCE,
    Claim.TARGET: Refusal.TARGET,
    Claim.ROLES: Refusal.ROLES,
    Claim.MESSAGE_TYPE: Refusal.MESSAGE_TYPE,
    Claim.VERSION: Refusal.VERSION,
    Claim.RESOURCE_LINK: Refusal.RESOURCE_LINK,
}


def _refusal_of(claim: str, wrong: Any) -> Refusal:
    """Why a claim that must be right is refused in that form."""
    if claim == "aud":
        return _refusal_of_audience(wrong)
    if claim in ("iat", "exp"):
        a_time = type(wrong) in (int, float) and abs(wrong) < 1e11
        past = Refusal.EXPIRED if claim == "exp" else Refusal.TOO_OLD
        return past if a_time else Refusal.TIMES
    if claim == Claim.DEPLOYMENT:
        plain = isinstance(wrong, str) and _is_plain(wrong)
        return Refusal.DEPLOYMENT_PENDING if plain else Refusal.DEPLOYMENT
    return _REFUSALS[claim]


def _refusal_of_audience(wrong: Any) -> Refusal:
    """One other client may be a leftover key of LTI 1.1; ourselves twice are more than one."""
    if isinstance(wrong, str) or (isinstance(wrong, list) and [type(one) for one in wrong] == [str]):
        return Refusal.AUDIENCE_IS_OLD_KEY
    return Refusal.AUTHORIZED_PARTY if wrong == [CLIENT, CLIENT] else Refusal.AUDIENCE


def _is_plain(text: str) -> bool:
    """An identifier as any platform might have it, though it is not the one expected."""
    return 0 < len(text) <= 255 and text.isprintable() and text == text.strip()


def _twice(claim: str, value: Any) -> bytes:
    """A payload in which one claim stands twice, the second time as it should be."""
    rest = json.dumps(claims(), ensure_ascii=False)
    return f'{{{json.dumps(claim)}: "x", {rest[1:]}'.encode()


def _short(claim: str) -> str:
    return claim.rpartition("/")[2]

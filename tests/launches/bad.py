"""Every way in which a launch's token can be bad: those of the table, and hundreds that are generated.

A case is a name and a token; all of them answer a login that was right (its state, nonce and target are
those of `platform`), so that nothing but the token can be the reason to refuse them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey

from lms_scoring.lti.claims import Claim
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
    token,
    unsigned,
    without,
)


@dataclass(frozen=True, slots=True)
class Bad:
    """A token that must get nobody in."""

    name: str
    token: str
    unknown_deployment: bool = False
    """Rightly signed and right but for its deployment, which is kept for approval."""


def of_the_table() -> Iterator[Bad]:
    """The cases that have a name (LTI facts, section 3, rows 2 to 16, and 'still to add')."""
    yield from _signatures()
    yield from _shapes()
    yield from _parties()
    yield from _times()
    yield from _messages()


def generated() -> Iterator[Bad]:
    """Each claim that must be right, in every wrong form."""
    for claim, value in NEEDED.items():
        yield Bad(f"{_short(claim)} missing", token(without(claims(), claim)))
        for how, wrong in _wrong_forms(value):
            if _still_right(claim, value, wrong):
                continue
            payload = {**claims(), claim: wrong}
            yield Bad(f"{_short(claim)} {how}", token(payload), _is_deployment(claim, wrong))
        yield Bad(f"{_short(claim)} twice", token(_twice(claim, value)))
    for claim, value in OPTIONAL.items():
        for how, wrong in _wrong_kinds(value):
            yield Bad(f"optional {_short(claim)} {how}", token({**claims(), claim: wrong}))
    for outer, inner in INNER:
        for how, wrong in _wrong_kinds("text"):
            yield Bad(f"{_short(outer)}.{inner} {how}", token(inside(claims(), outer, **{inner: wrong})))
    yield from _headers()


def _signatures() -> Iterator[Bad]:
    good = token(claims())
    head, body, signature = good.split(".")
    for name in ("none", "nOnE", "None", "NONE"):
        yield Bad(f"alg {name}", unsigned({"alg": name, "kid": KID}, claims()))
        yield Bad(f"alg {name}, signature kept", unsigned({"alg": name, "kid": KID}, claims(), signature))
    for algorithm in ("sha256", "sha384", "sha512"):
        yield Bad(f"HMAC {algorithm} with the public key", _under_the_public_key(algorithm))
    for algorithm in ("RS384", "RS512", "PS256"):
        yield Bad(f"{algorithm}, not agreed on", token(claims(), Signing(algorithm=algorithm)))
    curve = ECKey.generate_key("P-256")
    yield Bad("ES256, not agreed on", token(claims(), Signing(algorithm="ES256", key=curve)))
    yield Bad("another platform's key", token(claims(), Signing(key=key("stranger"))))
    yield Bad("signature of another token", f"{head}.{body}.{token(claims(sub='4')).split('.')[2]}")
    yield Bad("claims swapped", f"{head}.{token(claims(ROLES=[INSTRUCTOR])).split('.')[1]}.{signature}")
    yield Bad("signature cut", good[:-8])
    yield Bad("signature empty", f"{head}.{body}.")
    yield Bad(
        "a bit of the signature turned", f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    )


def _under_the_public_key(algorithm: str) -> str:
    """Signed with what everybody can fetch, in the hope that it is taken for a shared secret."""
    head = {"alg": f"HS{algorithm.removeprefix('sha')}", "kid": KID}
    head_and_body = unsigned(head, claims()).rpartition(".")[0]
    public = key().as_pem(private=False)
    signature = hmac.new(public, head_and_body.encode(), getattr(hashlib, algorithm)).digest()
    return f"{head_and_body}.{part(signature)}"


def _headers() -> Iterator[Bad]:
    embedded = {**key("stranger").as_dict(private=False), "kid": KID}
    stranger = key("stranger")
    yield Bad("no kid", token(claims(), Signing(without=frozenset({"kid"}))))
    yield Bad("embedded key", token(claims(), Signing(key=stranger, header={"jwk": embedded})))
    yield Bad(
        "embedded key, no kid",
        token(claims(), Signing(key=stranger, header={"jwk": embedded}, without=frozenset({"kid"}))),
    )
    for name in ("jku", "x5u"):
        addressed = {name: "https://stranger.example/keys"}
        yield Bad(f"{name} of a stranger", token(claims(), Signing(key=stranger, header=addressed)))
    yield Bad("x5c of a stranger", token(claims(), Signing(key=stranger, header={"x5c": ["MIIB"]})))
    body, signature = token(claims()).split(".")[1:]
    kids: list[Any] = ["unknown", "", None, 1, True, [KID], {"kid": KID}, "../../etc/passwd", "' OR 1=1 --"]
    kids += [KID.upper(), f"{KID} ", f" {KID}", "кey-1", "https://stranger.example/key", "k" * 5_000]
    for kid in kids:
        head = part(json.dumps({"alg": "RS256", "kid": kid}).encode())
        yield Bad(f"kid {str(kid)[:30]!r}", f"{head}.{body}.{signature}")
    for extension in (["exp"], ["b64"], ["unknown"], [], "exp", None):
        head = part(json.dumps({"alg": "RS256", "kid": KID, "crit": extension}).encode())
        yield Bad(f"crit {extension!r}", f"{head}.{body}.{signature}")
    algorithms: list[Any] = [None, 1, [], ["RS256"], "rs256", "RS256 ", "RS256\x00", {}, "dir", "A128KW"]
    for algorithm in algorithms:
        head = part(json.dumps({"alg": algorithm, "kid": KID}).encode())
        yield Bad(f"alg is {algorithm!r}", f"{head}.{body}.{signature}")
    for name, text in (
        ("twice an alg", b'{"alg":"RS256","alg":"none","kid":"key-1"}'),
        ("an array", b"[]"),
        ("null", b"null"),
        ("no JSON", b"{alg:RS256}"),
        ("NaN", b'{"alg":"RS256","kid":"key-1","x":NaN}'),
        ("deep", b"[" * 9_000),
        ("no UTF-8", b'{"alg":"RS256","kid":"\xff"}'),
    ):
        yield Bad(f"header {name}", f"{part(text)}.{body}.{signature}")


def _shapes() -> Iterator[Bad]:
    good = token(claims())
    head, body, signature = good.split(".")
    yield Bad("empty", "")
    for name, text in {
        "two parts": f"{head}.{body}",
        "one part": head,
        "four parts": f"{good}.{signature}",
        "five parts (encrypted)": f"{good}.{head}.{body}",
        "only dots": "..",
        "garbage": "not a token at all",
        "not Base64": f"{head}.*?*.{signature}",
        "header not Base64": f"*?*.{body}.{signature}",
        "no ASCII": f"{head}.{body}.签名",
        "spaces inside": f"{head}. {body}.{signature}",
        "line breaks inside": f"{head}.\n{body}.{signature}",
        "HTML": "<html><body>Error</body></html>",
        "an id": "3",
    }.items():
        yield Bad(name, text)
    yield Bad("longer than any token", token({**claims(), "x": "y" * 20_000}))
    for name, payload in {
        "array": b"[]",
        "text": b'"text"',
        "number": b"1",
        "null": b"null",
        "empty": b"",
        "no JSON": b"{not json}",
        "cut JSON": b'{"iss": ',
        "no UTF-8": b'{"iss": "\xff\xfe"}',
        "deeply nested": b"[" * 9_000,
        "NaN": json.dumps({**claims(), "x": float("nan")}).encode(),
        "infinite end": json.dumps({**claims(), "exp": float("inf")}).encode(),
    }.items():
        yield Bad(f"claims are {name}", token(payload))


def _parties() -> Iterator[Bad]:
    yield Bad("iss with a slash", token(claims(iss=f"{ISSUER}/")))
    yield Bad("iss on http", token(claims(iss=ISSUER.replace("https", "http"))))
    yield Bad("aud of another client", token(claims(aud="client-2")))
    yield Bad("aud is a leftover LTI 1.1 key", token(claims(aud="12345")))
    yield Bad("aud [other, client] without azp", token(claims(aud=["other", CLIENT])))
    yield Bad("aud [client, other] with azp", token(claims(aud=[CLIENT, "other"], azp=CLIENT)))
    yield Bad("aud [client, client] without azp", token(claims(aud=[CLIENT, CLIENT])))
    yield Bad("aud empty list", token(claims(aud=[])))
    yield Bad("azp of another", token(claims(azp="other")))
    yield Bad("azp null", token(claims(azp=None)))
    yield Bad("nonce of another login", token(claims(nonce="nonce-of-another-login")))


def _times() -> Iterator[Bad]:
    yield Bad("exp past", token(claims(exp=NOW - 61, iat=NOW - 121)))
    yield Bad("exp a text", token(claims(exp=str(NOW + 60))))
    yield Bad("iat in an hour", token(claims(iat=NOW + 3_600, exp=NOW + 3_660)))
    yield Bad("iat yesterday", token(claims(iat=NOW - 86_400, exp=NOW + 86_400)))
    yield Bad("iat eleven minutes ago", token(claims(iat=NOW - 661)))
    yield Bad("nbf in an hour", token(claims(nbf=NOW + 3_600)))
    yield Bad("nbf a text", token(claims(nbf="now")))
    yield Bad("nbf null", token(claims(nbf=None)))
    yield Bad("exp in milliseconds past", token(claims(exp=(NOW - 100) * 1_000)))


def _messages() -> Iterator[Bad]:
    yield Bad("version 1.0", token(claims(VERSION="1.0")))
    yield Bad("version 2.0", token(claims(VERSION="2.0")))
    yield Bad("message unknown", token(claims(MESSAGE_TYPE="LtiStartProctoring")))
    yield Bad("message of LTI 1.1", token(claims(MESSAGE_TYPE="basic-lti-launch-request")))
    yield Bad("deployment unknown", token(claims(DEPLOYMENT="99")), unknown_deployment=True)
    yield Bad("deployment of 256 characters", token(claims(DEPLOYMENT="d" * 256)))
    yield Bad("sub of 256 characters", token(claims(sub="s" * 256)))
    yield Bad("anonymous", token(without(claims(), "sub")))
    yield Bad("roles a text", token(claims(ROLES=INSTRUCTOR)))
    yield Bad("resource link without id", token(inside(claims(), Claim.RESOURCE_LINK, id=None)))
    yield Bad("resource link with empty id", token(inside(claims(), Claim.RESOURCE_LINK, id="")))
    yield Bad("target elsewhere", token(claims(TARGET="https://stranger.example/lti/launch")))
    yield Bad("target another of ours", token(claims(TARGET="https://tool.example/")))
    yield Bad("deep linking without settings", token(claims(MESSAGE_TYPE="LtiDeepLinkingRequest")))
    for name, settings in {
        "no settings": {},
        "no return address": {"accept_types": ["ltiResourceLink"]},
        "types a text": {"deep_link_return_url": ISSUER, "accept_types": "ltiResourceLink"},
    }.items():
        linking = claims(MESSAGE_TYPE="LtiDeepLinkingRequest", DEEP_LINKING=settings)
        yield Bad(f"deep linking: {name}", token(linking))
    yield Bad("review of nobody", token(claims(MESSAGE_TYPE="LtiSubmissionReviewRequest")))
    review = claims(MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": ""})
    yield Bad("review of an empty id", token(review))


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


def _is_deployment(claim: str, wrong: Any) -> bool:
    return claim == Claim.DEPLOYMENT and isinstance(wrong, str) and _is_plain(wrong)


def _is_plain(text: str) -> bool:
    """An identifier as any platform might have it, though it is not the one expected."""
    return 0 < len(text) <= 255 and text.isprintable() and text == text.strip()


def _twice(claim: str, value: Any) -> bytes:
    """A payload in which one claim stands twice, the second time as it should be."""
    rest = json.dumps(claims(), ensure_ascii=False)
    return f'{{{json.dumps(claim)}: "x", {rest[1:]}'.encode()


def _short(claim: str) -> str:
    return claim.rpartition("/")[2]

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
from functools import cache
from typing import Any

from joserfc.jwk import ECKey

from lms_scoring.lti.claims import Claim
from lms_scoring.lti.refusal import Refusal
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


@dataclass(frozen=True, slots=True)
class Bad:
    """A token that must get nobody in."""

    name: str
    token: str
    refusal: Refusal
    """The one reason that there is to refuse it."""

    @property
    def unknown_deployment(self) -> bool:
        """Rightly signed and right but for its deployment, which is kept for approval."""
        return self.refusal is Refusal.DEPLOYMENT_PENDING


@cache
def of_the_table() -> tuple[Bad, ...]:
    """The cases that have a name (LTI facts, section 3, rows 2 to 16, and 'still to add')."""
    return (*_signatures(), *_shapes(), *_parties(), *_times(), *_messages())


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


def _signatures() -> Iterator[Bad]:
    good = token(claims())
    head, body, signature = good.split(".")
    for name in ("none", "nOnE", "None", "NONE"):
        yield Bad(f"alg {name}", unsigned({"alg": name, "kid": KID}, claims()), Refusal.TOKEN_MALFORMED)
        yield Bad(
            f"alg {name}, signature kept",
            unsigned({"alg": name, "kid": KID}, claims(), signature),
            Refusal.ALGORITHM,
        )
    for algorithm in ("sha256", "sha384", "sha512"):
        yield Bad(
            f"HMAC {algorithm} with the public key", _under_the_public_key(algorithm), Refusal.ALGORITHM
        )
    for algorithm in ("RS384", "RS512", "PS256"):
        yield Bad(
            f"{algorithm}, not agreed on", token(claims(), Signing(algorithm=algorithm)), Refusal.ALGORITHM
        )
    curve = ECKey.generate_key("P-256")
    yield Bad(
        "ES256, not agreed on", token(claims(), Signing(algorithm="ES256", key=curve)), Refusal.ALGORITHM
    )
    yield Bad("another platform's key", token(claims(), Signing(key=key("stranger"))), Refusal.SIGNATURE)
    yield Bad(
        "signature of another token",
        f"{head}.{body}.{token(claims(sub='4')).split('.')[2]}",
        Refusal.SIGNATURE,
    )
    yield Bad(
        "claims swapped",
        f"{head}.{token(claims(ROLES=[INSTRUCTOR])).split('.')[1]}.{signature}",
        Refusal.SIGNATURE,
    )
    yield Bad("signature cut", good[:-8], Refusal.SIGNATURE)
    yield Bad("signature empty", f"{head}.{body}.", Refusal.TOKEN_MALFORMED)
    yield Bad(
        "a bit of the signature turned",
        f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        Refusal.SIGNATURE,
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


def _shapes() -> Iterator[Bad]:
    good = token(claims())
    head, body, signature = good.split(".")
    yield Bad("empty", "", Refusal.TOKEN_MALFORMED)
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
        readable = name in ("not Base64", "no ASCII", "spaces inside", "line breaks inside")
        yield Bad(name, text, Refusal.SIGNATURE if readable else Refusal.TOKEN_MALFORMED)
    yield Bad("longer than any token", token({**claims(), "x": "y" * 20_000}), Refusal.TOKEN_TOO_LONG)
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
        yield Bad(f"claims are {name}", token(payload), Refusal.TOKEN_MALFORMED)


def _parties() -> Iterator[Bad]:
    yield Bad("iss with a slash", token(claims(iss=f"{ISSUER}/")), Refusal.ISSUER)
    yield Bad("iss on http", token(claims(iss=ISSUER.replace("https", "http"))), Refusal.ISSUER)
    yield Bad("aud of another client", token(claims(aud="client-2")), Refusal.AUDIENCE_IS_OLD_KEY)
    yield Bad("aud is a leftover LTI 1.1 key", token(claims(aud="12345")), Refusal.AUDIENCE_IS_OLD_KEY)
    yield Bad("aud [other, client] without azp", token(claims(aud=["other", CLIENT])), Refusal.AUDIENCE)
    yield Bad(
        "aud [client, other] with azp", token(claims(aud=[CLIENT, "other"], azp=CLIENT)), Refusal.AUDIENCE
    )
    yield Bad(
        "aud [client, client] without azp", token(claims(aud=[CLIENT, CLIENT])), Refusal.AUTHORIZED_PARTY
    )
    yield Bad("aud empty list", token(claims(aud=[])), Refusal.AUDIENCE)
    yield Bad("azp of another", token(claims(azp="other")), Refusal.AUTHORIZED_PARTY)
    yield Bad("azp null", token(claims(azp=None)), Refusal.AUTHORIZED_PARTY)
    yield Bad("nonce of another login", token(claims(nonce="nonce-of-another-login")), Refusal.NONCE)


def _times() -> Iterator[Bad]:
    yield Bad("exp past", token(claims(exp=NOW - 61, iat=NOW - 121)), Refusal.EXPIRED)
    yield Bad("exp a text", token(claims(exp=str(NOW + 60))), Refusal.TIMES)
    yield Bad("iat in an hour", token(claims(iat=NOW + 3_600, exp=NOW + 3_660)), Refusal.NOT_YET)
    yield Bad("iat yesterday", token(claims(iat=NOW - 86_400, exp=NOW + 86_400)), Refusal.TOO_OLD)
    yield Bad("iat eleven minutes ago", token(claims(iat=NOW - 661)), Refusal.TOO_OLD)
    yield Bad("nbf in an hour", token(claims(nbf=NOW + 3_600)), Refusal.NOT_YET)
    yield Bad("nbf a text", token(claims(nbf="now")), Refusal.TIMES)
    yield Bad("nbf null", token(claims(nbf=None)), Refusal.TIMES)
    yield Bad("exp in milliseconds past", token(claims(exp=(NOW - 100) * 1_000)), Refusal.TIMES)


def _messages() -> Iterator[Bad]:
    yield Bad("version 1.0", token(claims(VERSION="1.0")), Refusal.VERSION)
    yield Bad("version 2.0", token(claims(VERSION="2.0")), Refusal.VERSION)
    yield Bad("message unknown", token(claims(MESSAGE_TYPE="LtiStartProctoring")), Refusal.MESSAGE_TYPE)
    yield Bad(
        "message of LTI 1.1", token(claims(MESSAGE_TYPE="basic-lti-launch-request")), Refusal.MESSAGE_TYPE
    )
    yield Bad("deployment unknown", token(claims(DEPLOYMENT="99")), Refusal.DEPLOYMENT_PENDING)
    yield Bad("deployment of 256 characters", token(claims(DEPLOYMENT="d" * 256)), Refusal.DEPLOYMENT)
    yield Bad("sub of 256 characters", token(claims(sub="s" * 256)), Refusal.SUBJECT)
    yield Bad("anonymous", token(without(claims(), "sub")), Refusal.ANONYMOUS)
    yield Bad("roles a text", token(claims(ROLES=INSTRUCTOR)), Refusal.ROLES)
    yield Bad(
        "resource link without id",
        token(inside(claims(), Claim.RESOURCE_LINK, id=None)),
        Refusal.RESOURCE_LINK,
    )
    yield Bad(
        "resource link with empty id",
        token(inside(claims(), Claim.RESOURCE_LINK, id="")),
        Refusal.RESOURCE_LINK,
    )
    yield Bad("target elsewhere", token(claims(TARGET="https://stranger.example/lti/launch")), Refusal.TARGET)
    yield Bad("target another of ours", token(claims(TARGET="https://tool.example/")), Refusal.TARGET)
    yield Bad(
        "deep linking without settings", token(claims(MESSAGE_TYPE="LtiDeepLinkingRequest")), Refusal.CLAIM
    )
    for name, settings in {
        "no settings": {},
        "no return address": {"accept_types": ["ltiResourceLink"]},
        "types a text": {"deep_link_return_url": ISSUER, "accept_types": "ltiResourceLink"},
    }.items():
        linking = claims(MESSAGE_TYPE="LtiDeepLinkingRequest", DEEP_LINKING=settings)
        yield Bad(f"deep linking: {name}", token(linking), Refusal.CLAIM)
    for address in RETURNS:
        settings = {"deep_link_return_url": address, "accept_types": ["ltiResourceLink"]}
        linking = claims(MESSAGE_TYPE="LtiDeepLinkingRequest", DEEP_LINKING=settings, ROLES=[INSTRUCTOR])
        yield Bad(f"deep linking back to {address!r}", token(linking), Refusal.CLAIM)
    yield Bad("review of nobody", token(claims(MESSAGE_TYPE="LtiSubmissionReviewRequest")), Refusal.CLAIM)
    review = claims(MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": ""})
    yield Bad("review of an empty id", token(review), Refusal.CLAIM)


RETURNS = (
    "http://[::1",
    "https://a.example:x/",
    "javascript:alert(1)",
    "https://a.example;frame-ancestors *",
    "https://a.example/ ;form-action *",
    "https://somebody@a.example/",
    "//a.example/return",
    "https://例.example/",
    "http://moodle.example/return",
    "data:text/html,x",
    "",
)
"""Addresses that no signed answer may be sent to; the platform itself is on https."""
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

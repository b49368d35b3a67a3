"""Every way in which a launch's token can be bad that has a name.

A case is a name and a token; all of them answer a login that was right (its state, nonce and target are
those of `platform`), so that nothing but the token can be the reason to refuse them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from joserfc.jwk import ECKey

from lms_scoring.lti.claims import Claim
from lms_scoring.lti.refusal import Refusal
from tests.launches.platform import (
    CLIENT,
    INSTRUCTOR,
    ISSUER,
    KID,
    NOW,
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

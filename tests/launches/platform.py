"""A platform that signs whatever it is told to."""

from __future__ import annotations

import copy
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from lms_scoring.lti.claims import Claim

ISSUER = "https://moodle.example"
CLIENT = "client-1"
DEPLOYMENT = "1"
TARGET = "https://tool.example/lti/launch"
NONCE = "nonce-of-this-login"
NOW = 1_795_284_410
"""Seconds."""
KID = "key-1"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


def key(name: str = KID) -> RSAKey:
    """One of the platform's keys."""
    return _made(name)


@lru_cache(maxsize=8)
def _made(name: str) -> RSAKey:
    """Making a key takes a moment, so each is made once."""
    return RSAKey.generate_key(2048, parameters={"kid": name})


def key_set(*names: str) -> dict[str, Any]:
    """Its public keys."""
    return {
        "keys": [
            {**key(name).as_dict(private=False), "kid": name, "use": "sig", "alg": "RS256"}
            for name in names or (KID,)
        ]
    }


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a learner's launch as a Moodle makes it, with the Claim members that are named changed."""
    usual: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "3",
        "iat": NOW,
        "exp": NOW + 60,
        "nonce": NONCE,
        "name": "静 李",
        "given_name": "静",
        "family_name": "李",
        "email": "tea001@lc.example",
        Claim.DEPLOYMENT: DEPLOYMENT,
        Claim.TARGET: TARGET,
        Claim.ROLES: [LEARNER],
        Claim.CONTEXT: {"id": "2", "label": "LC2024", "title": "远程培训", "type": ["CourseSection"]},
        Claim.MESSAGE_TYPE: "LtiResourceLinkRequest",
        Claim.VERSION: "1.3.0",
        Claim.RESOURCE_LINK: {"id": "1", "title": "研修状态"},
        Claim.PRESENTATION: {"locale": "zh_cn", "return_url": "https://moodle.example/return?sesskey=x"},
        Claim.CUSTOM: {"groups": "1", "copied_from": "$Context.id.history"},
        Claim.GRADES: {
            "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
            "lineitems": "https://moodle.example/mod/lti/services.php/2/lineitems?type_id=1",
        },
        Claim.NAMES_AND_ROLES: {"context_memberships_url": "https://moodle.example/memberships"},
    }
    for name, value in changed.items():
        usual[Claim[name] if name in Claim.__members__ else name] = value
    return usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How a token is signed: by default rightly."""

    algorithm: str = "RS256"
    key: RSAKey | ECKey | OctKey | None = None
    header: Mapping[str, Any] = field(default_factory=dict)
    without: frozenset[str] = frozenset()


def token(payload: Mapping[str, Any] | bytes, signing: Signing = Signing()) -> str:
    """A signed token; a payload in bytes is signed as it is."""
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    header = {"alg": signing.algorithm, "typ": "JWT", "kid": KID, **signing.header}
    header = {name: value for name, value in header.items() if name not in signing.without}
    signer = key() if signing.key is None else signing.key
    return jws.serialize_compact(header, text, signer, algorithms=[signing.algorithm])


def unsigned(header: Mapping[str, Any] | bytes, payload: Mapping[str, Any], signature: str = "") -> str:
    """Three parts that nobody signed."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return f"{part(head)}.{part(json.dumps(payload).encode())}.{signature}"


def signature_of(head_and_body: str) -> bytes:
    """The platform's signature under anything, also under what no library would sign."""
    signer = load_pem_private_key(key().as_pem(private=True), password=None)
    assert isinstance(signer, RSAPrivateKey)
    return signer.sign(head_and_body.encode(), PKCS1v15(), SHA256())


def part(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def claims_in(text: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    body = text.split(".")[1]
    said: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def without(payload: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The claims without some."""
    return {name: value for name, value in payload.items() if name not in names}


def inside(payload: Mapping[str, Any], claim: str, **changed: Any) -> dict[str, Any]:
    """The claims with something changed inside one of them; None takes it out."""
    copied = copy.deepcopy(dict(payload))
    for name, value in changed.items():
        if value is None:
            copied[claim].pop(name, None)
        else:
            copied[claim][name] = value
    return copied

"""The platform's own key pair: made when first needed, published, and signed with."""

import secrets
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeyParameters, KeySet, RSAKey

ALGORITHM = "RS256"


class PlatformKeys:
    """The key pair in use; rotated away, the former one may stay published for a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pairs: list[RSAKey] = []

    def rotate(self, *, keep_former: bool = False) -> str:
        """Signs with a new key from now on; tells its id."""
        made = _new_pair()
        with self._lock:
            self._pairs = [made, *(self._pairs[:1] if keep_former else [])]
        return str(made.kid)

    def published(self) -> dict[str, Any]:
        """The key set of ``certs.php``."""
        self._current()
        members = ("kty", "alg", "kid", "e", "n", "use")
        rows = [pair.as_dict(private=False) for pair in self._pairs]
        return {"keys": [{name: row[name] for name in members} for row in rows]}

    def signed(self, claims: dict[str, Any]) -> str:
        """A JWT with those claims."""
        pair = self._current()
        header = {"typ": "JWT", "alg": ALGORITHM, "kid": str(pair.kid)}
        return jwt.encode(header, claims, pair, algorithms=[ALGORITHM])

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a JWT that is ours; None of any other."""
        self._current()
        try:
            return dict(jwt.decode(token, KeySet(list(self._pairs)), algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return None

    def _current(self) -> RSAKey:
        with self._lock:
            if not self._pairs:
                self._pairs = [_new_pair()]
            return self._pairs[0]


def _new_pair() -> RSAKey:
    described: KeyParameters = {"kid": secrets.token_hex(10), "alg": ALGORITHM, "use": "sig"}
    return RSAKey.generate_key(2048, parameters=described)

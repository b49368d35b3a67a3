"""Keys by which other programs read results: issued once, known by a digest, revoked for good."""

from __future__ import annotations

from lms_scoring.domain.errors import UnknownApiKey
from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.ports import COORDINATOR, ApiKey, Clock, Store, Visitor
from lms_scoring.services.access.roles import nobody_with

_NOTED_EVERY = HOUR
"""Whether a key is still in use is asked in months: not every reading writes."""


def issue(
    store: Store, digest: str, *, clock: Clock, name: str, course: str | None, days: int | None
) -> ApiKey:
    """A new key for a secret that only its digest is kept of. Raises UnknownCourse."""
    now = clock.now()
    expires_at = None if days is None else now + days * DAY
    with store.writing() as transaction:
        if course is not None:
            transaction.course(course)
        number = transaction.keep_api_key(digest, name=name, course=course, at=now, expires_at=expires_at)
        return next(key for key in transaction.api_keys() if key.id == number)


def revoke(store: Store, number: int, *, clock: Clock) -> None:
    """From now on it opens nothing. Raises UnknownApiKey."""
    with store.writing() as transaction:
        if not transaction.revoke_api_key(number, at=clock.now()):
            raise UnknownApiKey(
                f"no key {number} is in force; `lms-scoring api-key list` shows those there are"
            )


def admitted(store: Store, digest: str, *, clock: Clock) -> Visitor | None:
    """Whom the secret admits: a reader with the granted role of the key; None where it opens nothing."""
    now = clock.now()
    with store.reading() as transaction:
        key = transaction.api_key(digest, at=now)
    if key is None:
        return None
    if key.used_at is None or now - key.used_at > _NOTED_EVERY:
        with store.writing() as transaction:
            transaction.use_api_key(key.id, at=now)
    return nobody_with(COORDINATOR, course=key.course)

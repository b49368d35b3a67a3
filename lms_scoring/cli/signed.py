"""Who signs a command, and why: an operator, or somebody who is known here."""

from __future__ import annotations

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.errors import UnknownPerson
from lms_scoring.services.signing import OPERATOR, Signature, signature


def signed_here(installation: Installation, by: str, reason: str) -> Signature:
    """For acts that need no other right than to run commands here.

    Raises CannotBeDecided for a signature that says nothing, UnknownPerson for one that is nobody's.
    """
    signed = signature(by, reason)
    if not by.startswith(OPERATOR):
        with installation.store.reading() as transaction:
            is_known = bool(transaction.names([by]) or transaction.grants(by))
        if not is_known:
            raise UnknownPerson(
                f"nobody here has the id {by!r}; who signs is a person's id, as `lms-scoring board COURSE` "
                f"shows it, or {OPERATOR}NAME"
            )
    return signed

"""The accounts of a person on a roster, as exact identities (`lms_scoring/domain/identity.py`)."""

from __future__ import annotations

from lms_scoring.domain import identity
from lms_scoring.domain.errors import MalformedEvidence


def account_on(home_page: str, name: str) -> str:
    """The account of that name on a platform. Raises MalformedEvidence."""
    if not home_page.strip() or not name.strip():
        raise MalformedEvidence("an account lacks its home page or its name")
    try:
        return identity.account(home_page, name.strip())
    except ValueError as error:
        raise MalformedEvidence("the home page is not an address") from error


def mail_accounts(address: str) -> tuple[str, str]:
    """An e-mail address, plain and as the SHA-1 that xAPI sends instead. Raises MalformedEvidence."""
    if "@" not in address.strip().strip("@"):
        raise MalformedEvidence("the e-mail address has no @")
    return identity.mbox(address), identity.sha1_of(address)

"""Identity: the exact accounts by which one person is known, and the name people read.

People are joined by exact identity and never by name. An account is one text: its kind, a colon, its
normalised value. The four kinds are those of xAPI 1.0.3 (Data, 2.4.2.3); a Moodle user has several.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit


def account(home_page: str, name: str) -> str:
    """The account `name` on the platform at `home_page`; host in lower case, no slash at the end."""
    return f"account:{normal_home(home_page)}|{name}"


def mbox(address: str) -> str:
    """An e-mail address, with or without `mailto:`, in lower case."""
    return f"mbox:{_bare(address)}"


def mbox_sha1sum(digest: str) -> str:
    """The SHA-1 of `mailto:` and the address, as xAPI sends it."""
    return f"mbox_sha1sum:{digest.lower()}"


def sha1_of(address: str) -> str:
    """The `mbox_sha1sum` account of an address in lower case."""
    digest = hashlib.sha1(f"mailto:{_bare(address)}".encode(), usedforsecurity=False)
    return f"mbox_sha1sum:{digest.hexdigest()}"


def without_address(account: str) -> str:
    """The account, an e-mail address only by its SHA-1: enough to compare, nothing to write to."""
    return sha1_of(account.removeprefix("mbox:")) if account.startswith("mbox:") else account


def account_key(account: str) -> str:
    """A short name of the account that says nothing of anybody, for addresses and messages."""
    return hashlib.sha256(account.encode()).hexdigest()[:16]


def openid(uri: str) -> str:
    """An OpenID."""
    return f"openid:{uri}"


def agent_named(text: str) -> str:
    """The account of an agent as settings name one: an address, `home page|name`, the SHA-1 of an address, or
    an OpenID. Raises ValueError for a home page or an OpenID that is no address: nobody is called so."""
    if "|" in text:
        home_page, _, name = text.rpartition("|")
        return account(_with_scheme(home_page), name)
    if _SHA1.fullmatch(text):
        return mbox_sha1sum(text)
    if "@" in text and "://" not in text:
        return mbox(text)
    return openid(_with_scheme(text))


def _with_scheme(address: str) -> str:
    if _SCHEME.match(address.strip()) is None:
        raise ValueError("no scheme")
    return address


def agent_as_named(account: str) -> str:
    """The same the other way about."""
    return account.partition(":")[2]


_SHA1 = re.compile("[0-9A-Fa-f]{40}")
_SCHEME = re.compile("[a-z][a-z0-9+-]*://[^/]|(urn|tag):.", re.IGNORECASE)
"""How what xAPI calls an IRI begins. `lrs.example.edu:8080` has none, for all its colon."""

OWN = "person:"


def own_account(person: str) -> str:
    """The account by which what is entered here names a person, as opposed to what a platform says."""
    return f"{OWN}{person}"


ERASED = "erased:"
"""What stands for somebody who was erased begins with."""


def pseudonym(act: int) -> str:
    """What stands for whoever was erased by the act of that number, wherever others' records name them."""
    return f"{ERASED}{act}"


_LONGEST_USER_ID = 7
"""No platform of an institution numbers ten million accounts; numbers of staff and telephones are longer."""


def could_be_user_id(name: str) -> bool:
    """Whether a platform that numbers its people may have given this number to anybody, or may yet."""
    is_number = name.isascii() and name.isdigit() and not name.startswith("0")
    return is_number and len(name) <= _LONGEST_USER_ID


class NameKind(StrEnum):
    """What a platform calls its people by beside their user ids."""

    USERNAME = "username"
    IDNUMBER = "idnumber"


def names_that_identify(
    called: Mapping[NameKind, str],
    *,
    own: str,
    others: Collection[str],
    given: Collection[NameKind] = (),
    numbered: bool = True,
) -> Mapping[NameKind, str]:
    """Those of the names of whose user id is `own` by which record stores may mean nobody else.

    A name that is the user id of somebody else (`others`), or could be where people are `numbered`, is not;
    nor is a number unless somebody said that the institution gives these (`given`): whoever may choose the
    own name could choose a colleague's staff number (decision 0046).
    """
    return {
        kind: name
        for kind, name in called.items()
        if name == own
        or (
            name != ""
            and name not in others
            and not (numbered and could_be_user_id(name))
            and (kind in given or not is_number(name))
        )
    }


def is_number(name: str) -> bool:
    """Whether there is nothing else in it than digits, of whatever script."""
    return name.isdigit()


def normal_home(home_page: str) -> str:
    """A home page as it is compared: scheme and host in lower case, no slash at the end."""
    parts = urlsplit(home_page.strip())
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def person_name(*, family: str, given: str) -> str:
    """The name people read: Han names family first without a space, others given name first.

    Moodle demands both parts, so single names come with a lone "-", which is no name.
    """
    family, given = (part.strip() for part in (family, given))
    parts = [part for part in (family, given) if part not in ("", "-")]
    if len(parts) < 2:
        return "".join(parts)
    if _is_han(family):
        return family + given
    return f"{given} {family}"


def _bare(address: str) -> str:
    return address.strip().lower().removeprefix("mailto:")


def _is_han(text: str) -> bool:
    return any(unicodedata.name(letter, "").startswith("CJK UNIFIED") for letter in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person a roster names, with every account that is exactly theirs, the most stable first.

    `id` is the person's id in the institution (`<platform>-<user id>`), stable for ever. `own`: how many of
    the accounts, from the first on, the platform itself gave; by the others people are merely called.
    """

    id: str
    name: str
    accounts: tuple[str, ...]
    own: int = 1

    def outranks(self, account: str, holder: str) -> bool:
        """Whether an account that another person is merely called by is this one's: of one platform, who has
        the number goes before whoever chose it for a name (decision 0038)."""
        return account in self.accounts[: self.own] and _platform_of(holder) == _platform_of(self.id)


def _platform_of(person: str) -> str:
    return person.rpartition("-")[0]

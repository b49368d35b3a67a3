"""One person: all that is kept of them, and what is left once they are erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.ports.evidence_out import StandIn

Told = str | int | bool | None | Sequence["Told"] | Mapping[str, "Told"]
"""What JSON can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A piece of what is kept of a person: what it is (the table's name), and its fields by their names.

    `goes`: an erasure removes it. Otherwise it is somebody else's, or an act, and the person has another
    name in it afterwards.
    """

    what: str
    fields: Mapping[str, Told]
    goes: bool = True


class Erasures(Protocol):
    """Keeps nothing of whoever was erased but digests of their accounts, by which they are known again."""

    def held(self, person: str, *, taken: Collection[int] = ()) -> Iterator[Held]:
        """All that is kept of a person, everywhere; `taken` as for `erase`."""

    def unclear(self, person: str) -> Sequence[int]:
        """The numbers of records in quarantine that cannot be read and have a word by which the person is
        known. They are theirs, or not, as somebody says who looks at them."""

    def courses_of_person(self, person: str) -> Sequence[str]:
        """The courses that ever had a place for the person, closed ones too, by id."""

    def erase(
        self,
        person: str,
        *,
        act: int,
        names: Mapping[tuple[str, str], str],
        stand_ins: Mapping[str, Sequence[StandIn]],
        taken: Collection[int] = (),
    ) -> None:
        """Removes everything of the person. Others' records name nobody (`pseudonym`) from then on where they
        named them, and their works by `names` (kind and id as cards have it, to the new id). `stand_ins` by
        course. `act` numbers the act of the erasure. `taken` are those of the unclear records that they own.

        Raises SealBroken, StoreError.
        """

    def erased(self, accounts: Iterable[str]) -> Mapping[str, str]:
        """Those of the accounts whose people were erased, each with what stands for them now.

        Raises SealBroken where nobody can tell, because the key of the digests is missing.
        """

    def remember_erased(self, accounts: Mapping[str, str]) -> None:
        """These accounts are of people who were erased too: the account, and what stands for them."""

    def readmit(self, accounts: Iterable[str]) -> int:
        """Whoever was erased and had one of the accounts may come back; how many people these are."""

    def readmit_unreadable(self) -> int:
        """So may all whose digests are of a key that is lost; how many people these are."""

"""A database of one institution, and the transaction in which everything is read and written together."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from lms_scoring.ports.access import Access
from lms_scoring.ports.acts import Acts
from lms_scoring.ports.api_keys import ApiKeys
from lms_scoring.ports.boards import Boards
from lms_scoring.ports.cards import Cards
from lms_scoring.ports.closings import Closings
from lms_scoring.ports.courses import Courses
from lms_scoring.ports.erasures import Erasures
from lms_scoring.ports.evidence_in import EvidenceIn
from lms_scoring.ports.evidence_out import EvidenceOut
from lms_scoring.ports.gradebook import Outbox
from lms_scoring.ports.identities import Identities
from lms_scoring.ports.jobs import Bell, Waking
from lms_scoring.ports.launching import Launches, Registrations
from lms_scoring.ports.losses import Losses
from lms_scoring.ports.measures import Measures
from lms_scoring.ports.proceedings import Proceedings
from lms_scoring.ports.quarantine import Quarantine
from lms_scoring.ports.retention import Retention
from lms_scoring.ports.runs import Runs
from lms_scoring.ports.schedules import Schedules
from lms_scoring.ports.texts import Texts
from lms_scoring.ports.to_be_scored import ToBeScored


class Transaction(
    Courses,
    Runs,
    Quarantine,
    Losses,
    Schedules,
    EvidenceIn,
    EvidenceOut,
    Identities,
    Texts,
    Proceedings,
    Cards,
    ToBeScored,
    Measures,
    Boards,
    Access,
    Registrations,
    Launches,
    Outbox,
    ApiKeys,
    Acts,
    Closings,
    Erasures,
    Retention,
    Waking,
    Protocol,
):
    """Everything that is written and read together. Leaving it normally commits, an error undoes it.

    A function that needs one part of it says so: it asks for `EvidenceOut`, and a test sees what it reads.
    """

    def is_of_database(self, error: Exception) -> bool:
        """Whether an error that came up inside says that the database could not do what was asked: then
        nothing more can be asked here."""


class Store(Protocol):
    """A database of one institution (tenant)."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction that may write: of two, the second one begins when the first is over."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """One consistent view."""


class RingingStore(Store, Protocol):
    """A store whose bell is rung for the jobs that its transactions set going."""

    bell: Bell | None

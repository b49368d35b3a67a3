"""What the services need from the outside, in the words of the domain: sources, the store, a clock.

Each module holds one job and the values it speaks of; nothing here does anything.
"""

from lms_scoring.ports.access import Access, Grant, Visitor
from lms_scoring.ports.cards import CardRow, Cards
from lms_scoring.ports.clock import Clock
from lms_scoring.ports.courses import Courses, KeptCourse, KeptScheme
from lms_scoring.ports.evidence_in import EvidenceIn
from lms_scoring.ports.evidence_out import EvidenceOut, NamedRecord, PersonEvidence, UnjoinedAccount
from lms_scoring.ports.problems import KeptProblem, MetProblem, Problem, ProblemKind
from lms_scoring.ports.runs import Kept, Run, Runs, RunState, Stored
from lms_scoring.ports.sources import Activity, Batch, EvidenceSource, Scope
from lms_scoring.ports.store import Store, Transaction

__all__ = [
    "Access",
    "Activity",
    "Batch",
    "CardRow",
    "Cards",
    "Clock",
    "Courses",
    "EvidenceIn",
    "EvidenceOut",
    "EvidenceSource",
    "Grant",
    "Kept",
    "KeptCourse",
    "KeptProblem",
    "KeptScheme",
    "MetProblem",
    "NamedRecord",
    "PersonEvidence",
    "Problem",
    "ProblemKind",
    "Run",
    "RunState",
    "Runs",
    "Scope",
    "Store",
    "Stored",
    "Transaction",
    "UnjoinedAccount",
    "Visitor",
]

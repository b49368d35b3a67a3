"""What the services need from the outside, in the words of the domain: sources, the store, a clock.

Each module holds one job and the values it speaks of; nothing here does anything.
"""

from lms_scoring.ports.access import ADMINISTRATOR, COORDINATOR, Access, Grant, Launched, Session, Visitor
from lms_scoring.ports.activity_kinds import ActivityKinds, Uses
from lms_scoring.ports.acts import Act, ActKind, Acts
from lms_scoring.ports.api_keys import ApiKey, ApiKeys
from lms_scoring.ports.boards import BoardAsk, BoardCards, BoardLines, BoardPart, Boards
from lms_scoring.ports.cards import CardRow, Cards
from lms_scoring.ports.clock import Clock
from lms_scoring.ports.closings import Closings, Frozen
from lms_scoring.ports.courses import Courses, KeptCourse, KeptScheme
from lms_scoring.ports.erasures import Erasures, Held
from lms_scoring.ports.evidence_in import EvidenceIn
from lms_scoring.ports.evidence_out import EvidenceOut, NamedRecord, PersonEvidence, StandIn, UnjoinedAccount
from lms_scoring.ports.gradebook import (
    Gradebook,
    GradebookReading,
    GradeStep,
    GradeStepKind,
    HeldGrades,
    Hold,
    Outbox,
    OutgoingGrade,
    Passback,
    RefusedGrades,
    SendState,
    WaitingGrades,
)
from lms_scoring.ports.identities import Identities, JoinedAccount
from lms_scoring.ports.jobs import Bell, Call, Locks, Waking
from lms_scoring.ports.launching import (
    MOST_UNDER_WAY,
    Launches,
    PlatformCourse,
    Registrations,
    SealedKey,
)
from lms_scoring.ports.losses import HeldLoss, Losses
from lms_scoring.ports.measures import ForeseenCard, Measures
from lms_scoring.ports.notices import Notice, NoticeKind, Tell
from lms_scoring.ports.problems import KeptProblem, MetProblem, Problem, ProblemKind
from lms_scoring.ports.proceedings import (
    CaseHeap,
    CaseText,
    CaseTexts,
    Contesting,
    DisputeCount,
    DisputePart,
    Proceedings,
)
from lms_scoring.ports.quarantine import Quarantine, QuarantineCount, Quarantined
from lms_scoring.ports.retention import PastRows, Retention
from lms_scoring.ports.runs import Kept, LastEnds, Run, Runs, RunState, SoFar, Stored
from lms_scoring.ports.schedules import Concern, LastStarts, Schedules, SyncRequest, Trouble, TroubleKind
from lms_scoring.ports.sources import (
    Activity,
    Batch,
    EvidenceSource,
    Guess,
    Scope,
    SourceOrder,
    Sources,
    SourceSettings,
    TextReader,
)
from lms_scoring.ports.store import RingingStore, Store, Transaction
from lms_scoring.ports.texts import CARRIERS, KeptText, Texts
from lms_scoring.ports.to_be_scored import ToBeScored

__all__ = [
    "ADMINISTRATOR",
    "CARRIERS",
    "COORDINATOR",
    "MOST_UNDER_WAY",
    "Access",
    "Act",
    "ActKind",
    "Activity",
    "ActivityKinds",
    "Acts",
    "ApiKey",
    "ApiKeys",
    "Batch",
    "Bell",
    "BoardAsk",
    "BoardCards",
    "BoardLines",
    "BoardPart",
    "Boards",
    "Call",
    "CardRow",
    "Cards",
    "CaseHeap",
    "CaseText",
    "CaseTexts",
    "Clock",
    "Closings",
    "Concern",
    "Contesting",
    "Courses",
    "DisputeCount",
    "DisputePart",
    "Erasures",
    "EvidenceIn",
    "EvidenceOut",
    "EvidenceSource",
    "ForeseenCard",
    "Frozen",
    "GradeStep",
    "GradeStepKind",
    "Gradebook",
    "GradebookReading",
    "Grant",
    "Guess",
    "Held",
    "HeldGrades",
    "HeldLoss",
    "Hold",
    "Identities",
    "JoinedAccount",
    "Kept",
    "KeptCourse",
    "KeptProblem",
    "KeptScheme",
    "KeptText",
    "LastEnds",
    "LastStarts",
    "Launched",
    "Launches",
    "Locks",
    "Losses",
    "Measures",
    "MetProblem",
    "NamedRecord",
    "Notice",
    "NoticeKind",
    "Outbox",
    "OutgoingGrade",
    "Passback",
    "PastRows",
    "PersonEvidence",
    "PlatformCourse",
    "Problem",
    "ProblemKind",
    "Proceedings",
    "Quarantine",
    "QuarantineCount",
    "Quarantined",
    "RefusedGrades",
    "Registrations",
    "Retention",
    "RingingStore",
    "Run",
    "RunState",
    "Runs",
    "Schedules",
    "Scope",
    "SealedKey",
    "SendState",
    "Session",
    "SoFar",
    "SourceOrder",
    "SourceSettings",
    "Sources",
    "StandIn",
    "Store",
    "Stored",
    "SyncRequest",
    "Tell",
    "TextReader",
    "Texts",
    "ToBeScored",
    "Transaction",
    "Trouble",
    "TroubleKind",
    "UnjoinedAccount",
    "Uses",
    "Visitor",
    "WaitingGrades",
    "Waking",
]

"""SCORM packages: the total time of every part, person and attempt, and what hides behind `notattempted`.

How many attempts somebody began Moodle counts and does not number, and the numbers of those that a teacher
deleted are missing. Once a package is closed it counts nothing, and gives all the same what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.moodle import calls
from adapters.moodle.client import Foreseen, MoodleClient, Reply
from adapters.moodle.evidence.reported_times import scorm_time
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.reported_times import AttemptCount, Scoes, Tracks
from adapters.moodle.problems import lost, notice, refused
from adapters.moodle.pull import Findings, Pull
from adapters.moodle.refusals import is_closed
from lms_scoring.domain.errors import MalformedEvidence, PlatformError, RecordRefused
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Batch, Problem

_NOT_ATTEMPTED = "notattempted"
_TIME_UNREADABLE = "Moodle counts an attempt and gives nothing of it"
_REFUSED = "There is an attempt, and Moodle refused to give it"
_ACCOUNT_DELETED = "Moodle gives nothing of people whose account was deleted"
_MOST_BEYOND = 100
"""Attempts by number beyond those that are counted: whoever sends tracks may name any number."""


@dataclass(slots=True)
class _Begun:
    """What one person began of a package: how many attempts Moodle counts (None: it does not say, because the
    package is closed), which is the last one, and what each part of each attempt has."""

    user: int
    counted: int | None
    last: Reply[Tracks] | None = None
    asked: dict[int, list[tuple[int, Reply[Tracks]]]] = field(default_factory=dict)

    @property
    def numbers(self) -> range:
        """What the attempts can have for numbers, as far as is known."""
        counted = self.counted or 0
        if self.last is None or self.last.error is not None:
            return range(1, counted + 1)
        last = self.last.value.data.attempt
        return range(1, min(max(last, counted), counted + _MOST_BEYOND) + 1)

    @property
    def has_empty(self) -> bool:
        """Whether nothing came of an attempt that was asked for by its number."""
        return any(_is_empty(parts) for parts in self.asked.values())


@dataclass(slots=True)
class _Package:
    """One package under way. `changed`: it is read of everybody, and not of who is new alone."""

    module: Module
    scorm: int
    users: Sequence[int]
    changed: bool
    findings: Findings
    parts: Reply[Scoes] | None = None
    counts: Sequence[tuple[int, Reply[AttemptCount]]] = ()
    scoes: Sequence[int] = ()
    begun: Sequence[_Begun] = ()

    @property
    def client(self) -> MoodleClient:
        """Who is asked."""
        return self.findings.pull.client

    @property
    def living(self) -> list[int]:
        """Those of whom Moodle answers, as far as is known."""
        return [user for user in self.users if user not in self.findings.pull.notes.deleted]

    @property
    def is_closed(self) -> bool:
        """Whether nobody's attempts are counted."""
        return any(each.counted is None for each in self.begun)


def read_scorms(pull: Pull) -> Iterator[Batch]:
    """Every package that may have changed, of all learners; the others of learners who are new.

    A whole pull goes package by package, so that what was read is kept as it goes on; what changed since
    the last one is asked for of all packages together.
    """
    packages = _packages(pull)
    together = [packages] if pull.before is not None else [[one] for one in packages]
    for some in together:
        for ask in (_ask_attempts, _ask_last_of_closed, _ask_tracks, _ask_last_of_empty, _ask_tracks):
            for one in some:
                ask(one)
            pull.client.send()
        for one in some:
            yield _read(one)


def foreseen(pull: Pull) -> Iterator[Foreseen]:
    """What `read_scorms` begins with, but for people whom only the others' answers will name."""
    return (_foreseen(one) for one in _packages(pull) if one.users)


def _foreseen(one: _Package) -> Foreseen:
    living = one.living
    parts, *counts = yield [
        calls.scoes(one.scorm),
        *(calls.attempt_count(one.scorm, user) for user in living),
    ]
    scoes = [] if parts.error is not None else _parts_with_tracks(parts.value)
    begun = {user: reply.value for user, reply in zip(living, counts, strict=True) if reply.error is None}
    yield [
        calls.sco_tracks(sco, user, number)
        for user, count in begun.items()
        for number in _Begun(user, count.attemptscount).numbers
        for sco in scoes
    ]


def _packages(pull: Pull) -> list[_Package]:
    learners = sorted({*pull.roster.learners, *pull.notes.strangers})
    known = set() if pull.before is None else pull.before.learner_ids()
    found = []
    for module in pull.modules_of("scorm"):
        if module.instance is not None:
            changed = pull.must_read(module.id)
            users = learners if changed else [user for user in learners if user not in known]
            found.append(_Package(module, module.instance, users, changed, Findings(pull, module.id)))
    return found


def _ask_attempts(one: _Package) -> None:
    if one.users:
        one.parts = one.client.later(calls.scoes(one.scorm))
        one.counts = [(user, one.client.later(calls.attempt_count(one.scorm, user))) for user in one.living]


def _ask_last_of_closed(one: _Package) -> None:
    if one.parts is None:
        return
    findings = one.findings
    begun = _attempts(findings, one.counts)
    try:
        one.scoes = _parts_with_tracks(one.parts.value)
    except PlatformError as error:
        findings.damaged([refused("The parts of the package", error, subject=findings.subject)])
        for each in begun:
            if each.counted is not None:
                findings.pull.learnt(each.user)
                findings.unknown(each.user, Unread.ATTEMPT_REFUSED, _REFUSED)
        return
    one.begun = begun
    _ask_last(one, (each for each in begun if each.counted is None))


def _parts_with_tracks(told: Scoes) -> list[int]:
    """The package as a whole is a row among them."""
    return [part.id for part in told.scoes if part.scormtype == "sco"]


def _ask_last_of_empty(one: _Package) -> None:
    """Of who has an attempt of which nothing came: it may be deleted, and another one come after it."""
    _ask_last(one, (each for each in one.begun if each.last is None and each.has_empty))


def _ask_last(one: _Package, some: Iterable[_Begun]) -> None:
    for each in some:
        for sco in one.scoes[:1]:
            each.last = one.client.later(calls.last_attempt(sco, each.user))


def _ask_tracks(one: _Package) -> None:
    """Of all attempts that were not asked for yet."""
    for each in one.begun:
        for number in each.numbers:
            if number not in each.asked:
                each.asked[number] = [
                    (sco, one.client.later(calls.sco_tracks(sco, each.user, number))) for sco in one.scoes
                ]


def _read(one: _Package) -> Batch:
    findings, pull = one.findings, one.findings.pull
    _read_tracks(findings, one.begun)
    for user in one.users:
        if user in pull.notes.deleted:
            findings.unknown(user, Unread.PERSON_DELETED, _ACCOUNT_DELETED)
    if one.is_closed:
        findings.problems.append(_closed(findings))
    pull.notes.parts[one.module.id] = _first_part(one)
    if one.changed:
        pull.finished(one.module.id, "reported_time", *([] if one.is_closed else ["unknown"]))
    elif one.module.id not in pull.notes.damaged:
        pull.unchanged(one.module.id)
    return findings.batch()


def _first_part(one: _Package) -> int:
    """That carries tracks; 0 where none does. Of a package that was not asked for it stays."""
    before = one.findings.pull.before
    if one.users or before is None:
        return next(iter(one.scoes), 0)
    return before.first_parts().get(one.module.id, 0)


def _attempts(findings: Findings, counts: Sequence[tuple[int, Reply[AttemptCount]]]) -> list[_Begun]:
    """Who began the package, or may have."""
    begun: list[_Begun] = []
    refusals: dict[str, PlatformError] = {}
    for user, reply in counts:
        error = reply.error
        if error is None:
            begun += [_Begun(user, reply.value.attemptscount)] if reply.value.attemptscount else []
        elif _is_deleted(error):
            findings.pull.notes.deleted.add(user)
        elif is_closed(error):
            begun.append(_Begun(user, None))
        else:
            refusals.setdefault(str(error), error)
    for refusal in refusals.values():
        findings.damaged([refused("The attempts", refusal, subject=findings.subject)])
    return begun


def _read_tracks(findings: Findings, begun: Sequence[_Begun]) -> None:
    untouched = sum(_read_person(findings, each) for each in begun)
    if untouched:
        text = (
            f"{untouched} parts of begun attempts in activity {findings.cmid} are said to be not attempted. "
            "Time in them, if there is any, cannot be read"
        )
        findings.problems.append(notice("parts_not_attempted", text, subject=findings.subject))


def _read_person(findings: Findings, begun: _Begun) -> int:
    """Keeps what one person recorded; how many parts of readable attempts have nothing."""
    user, untouched, told = begun.user, 0, 0
    for number, parts in begun.asked.items():
        read = [_keep(findings, sco, user, reply) for sco, reply in parts]
        if None in read:
            findings.unknown(user, Unread.ATTEMPT_REFUSED, f"{_REFUSED} (attempt {number})")
        elif any(read):
            untouched += read.count(False)
        told += None in read or any(read)
    missing = _unreadable(findings, begun, told)
    if missing:
        text = f"{_TIME_UNREADABLE} ({missing}): nothing was recorded, or the lesson's status"
        findings.unknown(user, Unread.ATTEMPT_UNREADABLE, text)
    if missing or told:
        findings.pull.learnt(user)
    return untouched


def _unreadable(findings: Findings, begun: _Begun, told: int) -> str:
    """How many attempts there are of which nothing came, of how many; empty where that is none for sure."""
    if begun.counted is not None:
        missing = begun.counted - told
        return f"{missing} of {begun.counted}" if missing > 0 else ""
    error = None if begun.last is None else begun.last.error
    if error is not None:
        _refused_last(findings, begun.user, error)
        return ""
    last = max(begun.numbers, default=0)
    of_who_began_nothing = 1
    return "the last one" if last > of_who_began_nothing and _is_empty(begun.asked[last]) else ""


def _refused_last(findings: Findings, user: int, error: PlatformError) -> None:
    if _is_deleted(error):
        findings.pull.notes.deleted.add(user)
    else:
        findings.damaged([refused("The last attempts", error, subject=findings.subject)])


def _is_deleted(error: PlatformError) -> bool:
    return isinstance(error, RecordRefused) and error.code == "userdeleted"


def _is_empty(parts: Sequence[tuple[int, Reply[Tracks]]]) -> bool:
    return all(reply.error is None and not reply.value.data.tracks for _, reply in parts)


def _closed(findings: Findings) -> Problem:
    text = (
        f"The package of activity {findings.cmid} is past its closing date, or not open yet, and Moodle does "
        "not say then who began it. What was recorded was read all the same; of who opened it and left no "
        "time, nothing is known"
    )
    return notice("package_closed", text, subject=findings.subject)


def _keep(findings: Findings, sco: int, user: int, reply: Reply[Tracks]) -> bool | None:
    """Whether something was recorded of this part; None where Moodle did not say."""
    pull, activity = findings.pull, findings.subject
    subject = f"scorm-{sco}-{user}"
    try:
        answer = reply.value
    except PlatformError as error:
        findings.damaged([findings.about(user, refused("The tracks", error, subject=subject))])
        return None
    codes = {warning.warningcode for warning in answer.warnings} - {_NOT_ATTEMPTED}
    if codes:
        problem = lost("warning", f"Moodle warned {sorted(codes)} of tracks", subject=subject)
        findings.damaged([findings.about(user, problem)])
    if not answer.data.tracks:
        return None if codes else False
    try:
        record = scorm_time(pull.site, answer.data, activity=activity, sco=sco, user=user)
    except MalformedEvidence as error:
        findings.unknown(user, Unread.TIME_UNREADABLE, f"The time of an attempt cannot be read: {error}")
    else:
        findings.records.append(record)
    return True

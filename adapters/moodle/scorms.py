"""SCORM packages: the total time of every part, person and attempt, and what hides behind `notattempted`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.moodle import calls
from adapters.moodle.client import Call, Reply
from adapters.moodle.evidence.reported_times import scorm_time
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.reported_times import AttemptCount, Scoes, Tracks
from adapters.moodle.problems import lost, notice, refused
from adapters.moodle.pull import Findings, Pull
from lms_scoring.domain.errors import MalformedEvidence, PlatformError, RecordRefused
from lms_scoring.ports import Batch

_NOT_ATTEMPTED = "notattempted"
_TIME_UNREADABLE = "Moodle counts an attempt and gives nothing of it"
_REFUSED = "There is an attempt, and Moodle refused to give it"
_ACCOUNT_DELETED = "Moodle gives nothing of people whose account was deleted"


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
    asked: Sequence[tuple[int, int, Sequence[tuple[int, Reply[Tracks]]]]] = ()


def read_scorms(pull: Pull) -> Iterator[Batch]:
    """Every package that may have changed, of all learners; the others of learners who are new.

    A whole pull goes package by package, so that what was read is kept as it goes on; what changed since
    the last one is asked for of all packages together.
    """
    packages = _packages(pull)
    together = [packages] if pull.before is not None else [[one] for one in packages]
    for some in together:
        for one in some:
            _ask_attempts(one)
        pull.client.send()
        for one in some:
            _ask_tracks(one)
        pull.client.send()
        for one in some:
            yield _read(one)


def first_calls(pull: Pull) -> Iterator[Call[Any]]:
    """Those by which `read_scorms` begins, but for people whom only the others' answers will name."""
    for one in _packages(pull):
        if one.users:
            yield calls.scoes(one.scorm)
            for user in one.users:
                if user not in pull.notes.deleted:
                    yield calls.attempt_count(one.scorm, user)


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
    pull = one.findings.pull
    if one.users:
        living = [user for user in one.users if user not in pull.notes.deleted]
        one.parts = pull.client.later(calls.scoes(one.scorm))
        one.counts = [(user, pull.client.later(calls.attempt_count(one.scorm, user))) for user in living]


def _ask_tracks(one: _Package) -> None:
    if one.parts is None:
        return
    findings, client = one.findings, one.findings.pull.client
    attempts = _attempts(findings, one.counts)
    try:
        scoes = [part.id for part in one.parts.value.scoes if part.scormtype == "sco"]
    except PlatformError as error:
        findings.damaged([refused("The parts of the package", error, subject=findings.subject)])
        for user, _ in attempts:
            findings.pull.learnt(user)
            findings.unknown(user, "attempt_refused", _REFUSED)
        return
    one.asked = [
        (user, attempt, [(sco, client.later(calls.sco_tracks(sco, user, attempt))) for sco in scoes])
        for user, attempt in attempts
    ]


def _read(one: _Package) -> Batch:
    findings, pull = one.findings, one.findings.pull
    _read_tracks(findings, one.asked)
    for user in one.users:
        if user in pull.notes.deleted:
            findings.unknown(user, "person_deleted", _ACCOUNT_DELETED)
    if one.changed:
        pull.finished(one.module.id, "reported_time", "unknown")
    elif one.module.id not in pull.notes.damaged:
        pull.unchanged(one.module.id)
    return findings.batch()


def _attempts(findings: Findings, counts: Sequence[tuple[int, Reply[AttemptCount]]]) -> list[tuple[int, int]]:
    """Everybody's attempts by number, from 1."""
    attempts: list[tuple[int, int]] = []
    refusals: dict[str, PlatformError] = {}
    for user, reply in counts:
        error = reply.error
        if error is None:
            attempts += [(user, attempt + 1) for attempt in range(reply.value.attemptscount)]
        elif isinstance(error, RecordRefused) and error.code == "userdeleted":
            findings.pull.notes.deleted.add(user)
        else:
            refusals.setdefault(str(error), error)
    for refusal in refusals.values():
        findings.damaged([refused("The attempts", refusal, subject=findings.subject)])
    return attempts


def _read_tracks(
    findings: Findings, asked: Sequence[tuple[int, int, Sequence[tuple[int, Reply[Tracks]]]]]
) -> None:
    untouched = 0
    for user, attempt, replies in asked:
        read = [_keep(findings, sco, user, reply) for sco, reply in replies]
        if None in read:
            findings.unknown(user, "attempt_refused", f"{_REFUSED} (attempt {attempt})")
        elif not any(read):
            text = f"{_TIME_UNREADABLE} (attempt {attempt}): nothing was recorded, or the lesson's status"
            findings.unknown(user, "attempt_unreadable", text)
        untouched += read.count(False) if any(read) else 0
        findings.pull.learnt(user)
    if untouched:
        text = (
            f"{untouched} parts of begun attempts in activity {findings.cmid} are said to be not attempted. "
            "Time in them, if there is any, cannot be read"
        )
        findings.problems.append(notice("parts_not_attempted", text, subject=findings.subject))


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
        findings.unknown(user, "time_unreadable", f"The time of an attempt cannot be read: {error}")
    else:
        findings.records.append(record)
    return True

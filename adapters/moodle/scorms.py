"""SCORM packages: the total time of every part, person and attempt, and what hides behind `notattempted`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.moodle import calls
from adapters.moodle.client import Reply
from adapters.moodle.evidence.reported_times import scorm_time
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.reported_times import AttemptCount, Tracks
from adapters.moodle.problems import lost, notice, refused
from adapters.moodle.pull import Findings, Pull
from lms_scoring.domain.errors import MalformedEvidence, PlatformError, RecordRefused
from lms_scoring.ports import Batch

_NOT_ATTEMPTED = "notattempted"
_TIME_UNREADABLE = "Moodle counts an attempt and gives nothing of it"
_REFUSED = "There is an attempt, and Moodle refused to give it"
_ACCOUNT_DELETED = "Moodle gives nothing of people whose account was deleted"


def read_scorms(pull: Pull) -> Iterator[Batch]:
    """Every package that may have changed, of all learners; the others of learners who are new."""
    learners = sorted({*pull.roster.learners, *pull.notes.strangers})
    known = set() if pull.before is None else pull.before.learner_ids()
    for module in pull.modules_of("scorm"):
        if module.instance is None:
            continue
        changed = pull.must_read(module.id)
        users = learners if changed else [user for user in learners if user not in known]
        yield _read(pull, module, module.instance, users)
        if changed:
            pull.finished(module.id, "reported_time", "unknown")
        elif module.id not in pull.notes.damaged:
            pull.unchanged(module.id)


def _read(pull: Pull, module: Module, scorm: int, users: Sequence[int]) -> Batch:
    findings = Findings(pull, module.id)
    if not users:
        return findings.batch()
    parts = pull.client.later(calls.scoes(scorm))
    living = [user for user in users if user not in pull.notes.deleted]
    counts = [(user, pull.client.later(calls.attempt_count(scorm, user))) for user in living]
    pull.client.send()
    attempts = _attempts(findings, counts)
    try:
        scoes = [part.id for part in parts.value.scoes if part.scormtype == "sco"]
    except PlatformError as error:
        findings.damaged([refused("The parts of the package", error, subject=findings.subject)])
        for user, _ in attempts:
            pull.learnt(user)
            findings.unknown(user, "attempt_refused", _REFUSED)
    else:
        _read_tracks(findings, scoes, attempts)
    for user in users:
        if user in pull.notes.deleted:
            findings.unknown(user, "person_deleted", _ACCOUNT_DELETED)
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


def _read_tracks(findings: Findings, scoes: Sequence[int], attempts: Sequence[tuple[int, int]]) -> None:
    client = findings.pull.client
    asked = [
        (user, attempt, [(sco, client.later(calls.sco_tracks(sco, user, attempt))) for sco in scoes])
        for user, attempt in attempts
    ]
    client.send()
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

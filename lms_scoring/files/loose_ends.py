"""Loose ends of an evidence file: usable lines that change no result, because what they need is not there.

They are told and nothing more: a file may be a part of a larger whole, so none of this is a mistake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.figures import plain
from lms_scoring.domain.scheme import Scheme
from lms_scoring.files.evidence_file import EvidenceFile, Remark

_Numbered = tuple[int, ev.Record]
_Roles = Mapping[str, set[ev.Role]]
_NOT_DECIDED_ABOUT = ("person", "membership", "decision")


def loose_ends(file: EvidenceFile, scheme: Scheme) -> Iterator[Remark]:
    """What a person should look at, where the file is scored by the scheme. What is gone needs nothing."""
    roles: dict[str, set[ev.Role]] = {}
    for record in file.records:
        if isinstance(record, ev.Membership):
            roles.setdefault(record.person, set()).add(record.role)
    numbered = [one for one in zip(file.lines, file.records, strict=True) if one[1].gone_at is None]
    if roles:
        yield from _not_scored(numbered, roles, scheme)
    else:
        yield Remark(line=None, text=_nobody(file), lost=False)
    yield from _recommendations(numbered, file.records, roles)
    yield from _decisions(numbered, file.records, roles, scheme)


def _nobody(file: EvidenceFile) -> str:
    if file.records:
        return "nobody is scored: no membership is in this file; give everybody to be scored one"
    if file.remarks:
        return "nobody is scored: not one line of this file can be used"
    return "nobody is scored: this file is empty; write one JSON object a line, as docs/guide/files.md says"


def _not_scored(numbered: Iterable[_Numbered], roles: _Roles, scheme: Scheme) -> Iterator[Remark]:
    """Once for each person without membership, and for each role that is not in the scheme."""
    strangers = [
        (number, record.person)
        for number, record in numbered
        if not isinstance(record, ev.Person | ev.Recommendation) and record.person not in roles
    ]
    yield from _told_once(
        strangers,
        lambda _, lines: (
            f"its person has no membership in this file, so that {lines} of theirs "
            "count for nobody; add a membership or correct `person`"
        ),
    )
    others = [
        (number, record.role.value)
        for number, record in numbered
        if isinstance(record, ev.Membership) and record.role not in scheme.roles
    ]
    yield from _told_once(
        others,
        lambda role, lines: (
            f"the scheme scores no {role}, so that {lines} get no result; "
            "take a scheme that does, or leave them"
        ),
    )


def _told_once(found: list[tuple[int, str]], text: Callable[[str, str], str]) -> Iterator[Remark]:
    """One remark for all lines of the same about, at the first of them."""
    counts = Counter(about for _, about in found)
    first: dict[str, int] = {}
    for number, about in sorted(found):
        first.setdefault(about, number)
    for about, number in first.items():
        lines = "this line" if counts[about] == 1 else f"{counts[about]} lines from here on"
        yield Remark(line=number, text=text(about, lines), lost=False)


def _recommendations(
    numbered: Iterable[_Numbered], records: Iterable[ev.Record], roles: _Roles
) -> Iterator[Remark]:
    works = {record.id for record in records if isinstance(record, ev.Submission)}
    for number, record in numbered:
        if not isinstance(record, ev.Recommendation):
            continue
        if record.submission not in works:
            text = "recommends a submission that is not in this file; add its line or correct `submission`"
            yield Remark(line=number, text=text, lost=False)
        if ev.Role.TUTOR not in roles.get(record.by, ()):
            text = "recommended by somebody who is no tutor in this file; add a membership or correct `by`"
            yield Remark(line=number, text=text, lost=False)


def _decisions(
    numbered: Iterable[_Numbered], records: Iterable[ev.Record], roles: _Roles, scheme: Scheme
) -> Iterator[Remark]:
    decisions = [(number, record) for number, record in numbered if isinstance(record, ev.Decision)]
    ids = {decision.target.id for _, decision in decisions if isinstance(decision.target, ev.RecordTarget)}
    named = [record for record in records if record.id in ids]
    owners = {(ev.KIND_OF[type(record)], record.id): ev.owner_of(record) for record in named}
    for number, decision in decisions:
        match decision.target:
            case ev.RecordTarget(kind=kind, id=id_):
                text = _about_record(kind, owners.get((kind, id_)), decision.person)
            case ev.CriterionTarget(criterion=criterion):
                own = roles.get(decision.person, set())
                text = _about_criterion(criterion, own, scheme) or _too_much(decision, criterion, own, scheme)
        if text is not None:
            yield Remark(line=number, text=text, lost=False)


def _about_record(kind: str, owner: str | None, person: str) -> str | None:
    if kind in _NOT_DECIDED_ABOUT:
        return f"decides about a {kind}, which changes nothing; name a piece of evidence or a criterion"
    if owner is None:
        return f"decides about a {kind} that is not in this file; add its line or correct `target`"
    if owner != person:
        return f"decides about a {kind} of somebody else, which changes nothing; `person` is whose it is"
    return None


def _about_criterion(criterion: str, roles: Container[ev.Role], scheme: Scheme) -> str | None:
    known = [one.id for role, rules in scheme.roles.items() if role in roles for one in rules.criteria]
    if not known or criterion in known:  # who has no card is told of already
        return None
    return f"decides about a criterion that its person's card does not have; there are: {', '.join(known)}"


def _too_much(decision: ev.Decision, criterion: str, roles: Container[ev.Role], scheme: Scheme) -> str | None:
    known = [one for role, rules in scheme.roles.items() if role in roles for one in rules.criteria]
    most = max((one.max for one in known if one.id == criterion), default=None)
    if most is None or decision.points is None or decision.points <= most:
        return None
    return f"gives more points than the criterion has; {plain(most)}, its maximum, count: correct `points`"

"""Laws of evidence files and schemes: what is written is read; order and repetition do not matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.evidence_json import content_hash, from_fields, to_fields
from lms_scoring.domain.instants import instant_of, iso, parse_instant
from lms_scoring.domain.scheme import Scheme, Words
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.evidence_file import evidence_lines, read_evidence
from tests.given import AFTER
from tests.property.drawn import PEOPLE, evidence, schemes

texts = st.text(st.characters(codec="utf-8"), max_size=6)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
instants = st.integers(0, 253_370_764_799_999)
numbers = (
    st.fractions(min_value=0, max_value=10**14, max_denominator=10**12)
    | st.decimals(min_value=0, max_value=10**14, places=15).map(Fraction)
    | st.floats(min_value=0, max_value=10**6).filter(lambda x: x == 0 or x > 1e-20).map(repr).map(Fraction)
)
durations = st.integers(0, 10**12)
pairs = st.tuples(durations, durations).map(lambda pair: tuple(sorted(pair)))
targets = st.builds(ev.RecordTarget, kind=st.sampled_from(list(ev.KINDS)), id=names) | st.builds(
    ev.CriterionTarget, criterion=names
)
always: dict[str, Any] = {"id": names, "source": st.none() | texts, "gone_at": st.none() | instants}
theirs: dict[str, Any] = {**always, "person": names}

RECORDS: dict[str, st.SearchStrategy[Any]] = {
    "person": st.builds(ev.Person, name=texts, **always),
    "membership": st.builds(ev.Membership, class_=st.none() | texts, **theirs),
    "watch": st.builds(
        lambda edges, **more: ev.Watch(start=min(edges), end=max(edges), **more),
        edges=st.tuples(instants, instants),
        activity=names,
        segments=st.lists(pairs, max_size=3).map(tuple),
        **theirs,
    ),
    "reported_time": st.builds(
        lambda edges, **more: ev.ReportedTime(started_at=min(edges), ended_at=max(edges), **more),
        edges=st.tuples(instants, instants),
        activity=names,
        duration=durations,
        **theirs,
    ),
    "submission": st.builds(
        ev.Submission,
        activity=names,
        attempt=durations,
        submitted_at=instants,
        opens_at=st.none() | instants,
        due_at=st.none() | instants,
        points=st.none() | numbers,
        max_points=st.none() | numbers,
        graded_at=st.none() | instants,
        graded_by=st.none() | texts,
        characters=st.none() | durations,
        due_basis=st.sampled_from(ev.DueBasis),
        **theirs,
    ),
    "post": st.builds(ev.Post, forum=names, parent=st.none() | names, created_at=instants, **theirs),
    "recommendation": st.builds(ev.Recommendation, submission=names, by=names, at=instants, **always),
    "unknown": st.builds(
        ev.Unknown, activity=names, reason=texts, about=st.none() | st.sampled_from(ev.Purpose), **theirs
    ),
    "decision": st.builds(
        ev.Decision, target=targets, by=names, at=instants, reason=texts, points=numbers, **theirs
    ),
}
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.data(), st.sampled_from(list(RECORDS)))
def test_a_record_of_any_kind_is_read_as_it_was_written(data: st.DataObject, kind: str) -> None:
    record = data.draw(RECORDS[kind])
    text = json.dumps(to_fields(record), ensure_ascii=False)
    assert from_fields(kind, json.loads(text, parse_float=Decimal)) == record


@given(st.data(), st.sampled_from(list(RECORDS)))
def test_a_line_says_the_same_content_as_its_record(data: st.DataObject, kind: str) -> None:
    record = data.draw(RECORDS[kind])
    again = from_fields(kind, to_fields(record))
    assert content_hash(again) == content_hash(record)
    assert content_hash(replace(record, gone_at=5)) == content_hash(record)


@given(numbers)
def test_any_number_is_written_so_that_it_can_be_read(number: Fraction) -> None:
    decision = ev.Decision(
        id="d",
        person="p",
        target=ev.CriterionTarget(criterion="c"),
        action=ev.Action.OVERRIDE,
        by="b",
        at=0,
        reason="",
        points=number,
    )
    assert from_fields("decision", to_fields(decision)) == decision


@given(instants, offsets)
def test_an_instant_is_the_same_in_every_offset(instant: int, offset: timezone) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    written = moment.astimezone(offset).isoformat()
    assert parse_instant(written) == instant == instant_of(moment)
    assert parse_instant(iso(instant)) == instant


@given(schemes(), evidence(), st.lists(offsets, min_size=1, max_size=5))
def test_mixed_offsets_score_the_same(
    scheme: Scheme, records: list[ev.Record], mixed: list[timezone]
) -> None:
    plain = list(_file(records))
    moved = [
        json.dumps(_moved(json.loads(line), mixed[number % len(mixed)])).encode()
        for number, line in enumerate(plain)
    ]
    there, here = read_evidence(moved), read_evidence(plain)
    assert there.remarks == here.remarks
    assert scorecards(scheme, there.records, as_of=AFTER) == scorecards(scheme, here.records, as_of=AFTER)


@given(schemes(), evidence(), st.data())
def test_neither_order_nor_identical_repetition_of_lines_matters(
    scheme: Scheme, records: list[ev.Record], data: st.DataObject
) -> None:
    lines = list(_file(records))
    again = data.draw(st.lists(st.sampled_from(lines), max_size=6))
    shuffled = data.draw(st.permutations([*lines, *again]))
    first, second = read_evidence(lines), read_evidence(shuffled)
    assert {one.text for one in first.remarks} == {one.text for one in second.remarks}
    assert scorecards(scheme, first.records, as_of=AFTER) == scorecards(scheme, second.records, as_of=AFTER)


@given(schemes(), evidence())
def test_a_written_file_scores_as_its_records_do(scheme: Scheme, records: list[ev.Record]) -> None:
    sensible = [one for one in records if _fit_for_a_file(one)]
    file = read_evidence(_file(sensible))
    assert file.remarks == ()
    assert scorecards(scheme, file.records, as_of=AFTER) == scorecards(scheme, sensible, as_of=AFTER)


@given(evidence(most=5), st.lists(st.binary(max_size=40), max_size=6), st.data())
def test_no_line_whatever_keeps_a_good_one_from_being_read(
    records: list[ev.Record], noise: list[bytes], data: st.DataObject
) -> None:
    sensible = [one for one in records if _fit_for_a_file(one)]
    lines = data.draw(st.permutations([*_file(sensible), *noise]))
    file = read_evidence(lines)
    good = set(read_evidence(_file(sensible)).records)
    assert good <= set(file.records)
    numbers_of_lines = {remark.line for remark in file.remarks if remark.lost}
    assert len(numbers_of_lines) == len([one for one in noise if one.removeprefix(b"\xef\xbb\xbf").strip()])


@given(st.sampled_from(list(RECORDS)), st.data())
def test_no_json_whatever_ends_the_reading(kind: str, data: st.DataObject) -> None:
    fields = to_fields(data.draw(RECORDS[kind]))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    )
    broken = {**fields, data.draw(st.sampled_from(sorted(fields))): data.draw(anything), "kind": kind}
    file = read_evidence([json.dumps(broken).encode()])
    assert len(file.records) + len(file.remarks) == 1


# -- fingerprints ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["pass_mark", "scaled_to", "max", "rule"])
@given(schemes(), schemes(), st.sampled_from(Role), st.integers(0, 3))
def test_two_schemes_have_the_same_fingerprint_just_when_they_have_the_same_rules(
    part: str, one: Scheme, other: Scheme, role: Role, number: int
) -> None:
    """The second takes one part of one role from a third: two drawn apart differ in everything at once."""
    rules, theirs = one.roles[role], other.roles[role]
    if part in ("max", "rule"):
        criteria = list(rules.criteria)
        given_part = {part: getattr(theirs.criteria[number], part)}
        criteria[number] = replace(criteria[number], **given_part)
        rules = replace(rules, criteria=tuple(criteria))
    else:
        rules = replace(rules, **{part: getattr(theirs, part)})
    second = replace(one, roles={**one.roles, role: rules})
    assert (one.fingerprint == second.fingerprint) == (one.roles == second.roles)


@given(schemes(), texts, texts)
def test_words_are_not_in_the_fingerprint(scheme: Scheme, zh: str, en: str) -> None:
    words = Words(zh=zh, en=en)
    roles = {
        role: replace(
            rules, advice=(words,), criteria=tuple(replace(one, name=words) for one in rules.criteria)
        )
        for role, rules in reversed(list(scheme.roles.items()))
    }
    assert replace(scheme, id="other", title=words, roles=roles).fingerprint == scheme.fingerprint


def _fit_for_a_file(record: ev.Record) -> bool:
    """A store keeps hand-ins that are bound to nothing; nobody decides what cannot be done."""
    if isinstance(record, ev.Submission):
        return record.task is not None
    return not isinstance(record, ev.Decision) or ev.can_be_done(record)


def _file(records: list[ev.Record]) -> Iterator[bytes]:
    people: list[ev.Record] = [ev.Person(id=person, name="somebody") for person in PEOPLE]
    return evidence_lines([*people, *records])


def _moved(fields: dict[str, Any], offset: timezone) -> dict[str, Any]:
    """The same line with its times written in another offset."""
    for name, value in fields.items():
        if name.endswith("_at") or name in ("start", "end", "at"):
            fields[name] = (
                None if value is None else datetime.fromisoformat(value).astimezone(offset).isoformat()
            )
    return fields

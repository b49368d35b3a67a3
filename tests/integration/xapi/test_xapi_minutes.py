"""Recorded statements of sixty learners, joined through their accounts and folded: minutes against truth."""

from __future__ import annotations

import json
import statistics
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import lms_scoring.demonstration
from adapters.roster_file.source import RosterFile
from adapters.xapi.files import XapiFiles
from lms_scoring.domain.instants import MINUTE, parse_instant
from lms_scoring.domain.intervals import clip, length, union
from lms_scoring.domain.statements import LmsVerb, WatchEvent
from lms_scoring.domain.watch_time import watch_time
from tests.fixtures.xapi.reading import Pulled, pulled

FIXTURES = Path(__file__).parents[2] / "fixtures" / "xapi"
TRUTH = json.loads((FIXTURES / "bounded_minutes.json").read_bytes())
LOW, HIGH = map(parse_instant, TRUTH["window"])


@cache
def statements() -> Pulled:
    data = files(lms_scoring.demonstration) / "data" / "statements.jsonl.gz"
    with as_file(data) as path:
        return pulled(XapiFiles(name="files", paths=[path]).pull(None, full=True))


@cache
def owners() -> dict[str, str]:
    """Account → number of the learner."""
    roster = RosterFile(name="roster", path=FIXTURES / "people.jsonl")
    people = [person for batch in roster.pull(None, full=True) for person in batch.people]
    return {account: person.id.removeprefix("roster-") for person in people for account in person.accounts}


def minutes(events: list[WatchEvent]) -> dict[str, int]:
    """Milliseconds on the wall clock inside the window, by learner."""
    of_learner: dict[str, list[WatchEvent]] = {learner: [] for learner in TRUTH["minutes"]}
    for event in events:
        of_learner[owners()[event.account]].append(event)
    spans = {learner: watch_time(learner, own).spans for learner, own in of_learner.items()}
    return {
        learner: length(union(clip(span.start, span.end, low=LOW, high=HIGH) for span in own))
        for learner, own in spans.items()
    }


def errors(measured: dict[str, int]) -> tuple[float, float, float]:
    """In per cent of the truth: of the total, the 5th and the 95th percentile of learners."""
    truth = TRUTH["minutes"]
    each = [(measured[learner] / MINUTE - true) / true * 100 for learner, true in truth.items() if true > 0]
    cuts = statistics.quantiles(each, n=20)
    total = sum(truth.values())
    return (sum(measured.values()) / MINUTE - total) / total * 100, cuts[0], cuts[-1]


def test_every_distinct_statement_is_read_and_joined_to_a_learner() -> None:
    read = statements()
    assert len(read.events) + len(read.statements) + len(read.voided) == 39_625
    assert read.problems == []
    assert {event.account for event in read.events.values()} <= owners().keys()
    assert {statement.account for statement in read.statements.values()} <= owners().keys()


def test_minutes_are_within_two_per_cent_of_the_truth_and_their_total_within_a_tenth() -> None:
    total, low, high = errors(minutes(list(statements().events.values())))
    assert abs(total) < 0.1
    assert -2 < low < high < 2


def test_without_session_ids_minutes_are_within_five_per_cent() -> None:
    bare = [event._replace(session=None) for event in statements().events.values()]
    total, low, high = errors(minutes(bare))
    assert abs(total) < 5
    assert -5 < low < high < 5


def test_order_and_repetition_change_nothing() -> None:
    events = list(statements().events.values())
    mixed = [*events[1::2], *reversed(events[::2]), *reversed(events[::3]), *events[::6]]
    assert len(mixed) > 1.4 * len(events)
    assert minutes(mixed) == minutes(events)


def test_lms_statements_say_what_was_handed_in_marked_and_posted() -> None:
    read = statements()
    said = [each for each in read.statements.values() if each.id not in read.voided]
    counts = {verb: sum(each.verb is verb for each in said) for verb in LmsVerb}
    assert counts == {
        LmsVerb.SUBMITTED: 687,
        LmsVerb.SCORED: 249,
        LmsVerb.TOPIC_CREATED: 89,
        LmsVerb.REPLIED: 256,
        LmsVerb.POST_DELETED: 0,
        LmsVerb.VIEWED: 3_400,
        LmsVerb.OTHER: 0,
    }
    assert all(each.by is not None and each.maximum == 100 for each in said if each.verb is LmsVerb.SCORED)
    assert all(each.characters for each in said if each.verb is LmsVerb.REPLIED)

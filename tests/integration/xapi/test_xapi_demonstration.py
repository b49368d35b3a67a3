"""The stand-in LRS, with every quirk measured on real ones: always the same statements come out."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files
from itertools import islice

import msgspec
import pytest

import lms_scoring.demonstration
from adapters.xapi.authorities import Believed
from adapters.xapi.check import check
from adapters.xapi.source import XapiSource
from lms_scoring.demonstration.running import Options, RunningLrs, running_lrs
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.ports import ProblemKind
from tests.fixtures.xapi.reading import Pulled, pulled, reading

KINDS = ("standard", "ralph", "adl")
CURSOR = {"standard": True, "ralph": False, "adl": True}
STATEMENTS = {"standard": None, "ralph": 14_000, "adl": 14_000}
"""All are read once; the first 14,000 have a voiding one among them."""
FEW = 6_000


class _Statement(msgspec.Struct):
    id: str
    verb: dict[str, object]
    target: dict[str, object] = msgspec.field(name="object")


@cache
def shipped(first: int | None) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the first shipped statements but the voiding ones, and of those that are voided."""
    data = files(lms_scoring.demonstration) / "data" / "statements.jsonl.gz"
    with data.open("rb") as packed, gzip.open(packed) as lines:
        statements = [msgspec.json.decode(line, type=_Statement) for line in islice(lines, first)]
    voids = [each for each in statements if each.verb["id"] == "http://adlnet.gov/expapi/verbs/voided"]
    said = {each.id for each in statements} - {each.id for each in voids}
    return frozenset(said), frozenset(str(each.target["id"]) for each in voids)


def pull(lrs: RunningLrs, *, cursor: str | None = None) -> Pulled:
    with reading(lrs.url, key=lrs.key, secret=lrs.secret) as client:
        return pulled(XapiSource(name="lrs", client=client).pull(cursor, full=False))


@pytest.mark.parametrize("kind", KINDS)
def test_a_crawl_reads_every_statement_that_was_not_taken_back(kind: str) -> None:
    said, taken_back = shipped(STATEMENTS[kind])
    assert taken_back
    with running_lrs(Options(lrs_kind=kind, statements=STATEMENTS[kind])) as lrs:
        first = pull(lrs)
        assert first.ids == said - taken_back
        assert first.voided == taken_back
        assert first.problems == []
        assert (first.cursor is not None) == CURSOR[kind]
        again = pull(lrs, cursor=first.cursor)
        assert again.problems == []
        assert again.ids == (set() if CURSOR[kind] else said - taken_back)


@pytest.mark.parametrize("kind", KINDS)
def test_malformed_statements_are_refused_one_by_one(kind: str) -> None:
    said, _ = shipped(FEW)
    with running_lrs(Options(lrs_kind=kind, statements=FEW, malformed_every=75)) as lrs:
        read = pull(lrs)
    assert said <= read.ids
    assert len(read.ids) == len(said) + 20
    assert {problem.kind for problem in read.problems} == {ProblemKind.REFUSED}
    assert {code: read.codes.count(code) for code in set(read.codes)} == {
        "time_unreadable": 20,
        "time_without_offset": 20,
        "no_actor": 20,
    }
    assert all(problem.raw for problem in read.problems)


def test_statements_without_an_id_are_the_same_ones_each_time() -> None:
    with running_lrs(Options(lrs_kind="ralph", statements=FEW, malformed_every=500)) as lrs:
        assert pull(lrs).ids == pull(lrs).ids


def test_a_pull_counts_what_was_written_by_others_than_are_believed() -> None:
    with (
        running_lrs(Options(statements=FEW)) as lrs,
        reading(lrs.url, key=lrs.key, secret=lrs.secret) as client,
    ):
        for authority, expected in (("mbox:lrs@demonstration.example", False), ("mbox:another@x", True)):
            believed = Believed(lms=frozenset({authority}), videos=frozenset({authority}))
            read = pulled(XapiSource(name="lrs", client=client, believed=believed).pull(None, full=True))
            told = [one for one in read.problems if one.code == "authority_not_named"]
            assert (not read.ids, len(told)) == (expected, int(expected))
            if told:
                count, _, said = told[0].text.partition(" ")
                assert said.startswith("statements were not read")
                assert 5_000 < int(count) <= FEW


def test_a_wrong_secret_is_refused_with_what_to_do() -> None:
    with running_lrs(Options(statements=FEW)) as lrs, reading(lrs.url, key=lrs.key, secret="wrong") as client:
        source = XapiSource(name="lrs", client=client)
        with pytest.raises(PlatformRefused, match="does not accept the key and secret"):
            pulled(source.pull(None, full=False))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "standard",
            {
                "access": True,
                "/about": True,
                "since": True,
                "page size": True,
                "authorities": True,
                "video": True,
            },
        ),
        (
            "adl",
            {
                "access": True,
                "/about": True,
                "since": True,
                "page size": True,
                "authorities": True,
                "video": True,
            },
        ),
        (
            "ralph",
            {
                "access": True,
                "/about": None,
                "since": None,
                "page size": True,
                "authorities": True,
                "video": True,
            },
        ),
    ],
)
def test_a_check_says_what_the_lrs_can_really_do(kind: str, expected: dict[str, bool | None]) -> None:
    with (
        running_lrs(Options(lrs_kind=kind, statements=FEW)) as lrs,
        reading(lrs.url, key=lrs.key, secret=lrs.secret) as client,
    ):
        assert {line.what: line.ok for line in check(client)} == expected


def test_a_check_without_access_ends_there() -> None:
    with running_lrs(Options(statements=FEW)) as lrs, reading(lrs.url, key="nobody") as client:
        (line,) = check(client)
    assert line.ok is False
    assert "key and secret" in line.text

"""Exported evidence, scored again without a database, gives the cards that are stored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from lms_scoring.cli.courses import board, export_evidence
from lms_scoring.cli.score import score
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import iso
from lms_scoring.domain.scorecard import Reason, Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.evidence_file import EvidenceFile, read_evidence
from tests.fixtures.courses.installed import Site, lasting
from tests.fixtures.courses.typed import typed
from tests.given import finding, main_scheme

from .conftest import Cards

pytestmark = pytest.mark.slow(reason="the whole recorded course is synced, by both its course files")

Key = tuple[str, ev.Role]

SHORT = "lc2024-scorm"
"""Its evidence is a twentieth of the other's, which counts statements."""
both_courses = pytest.mark.parametrize(
    "course", ["lc2024", pytest.param("lc2024-scorm", marks=pytest.mark.variation)]
)
SCHEME = str(files("config.schemes") / "longcheng-2024.toml")


@pytest.fixture(scope="session")
def exported(scored: Site) -> Mapping[str, bytes]:
    """What `export-evidence` writes, by course."""
    with scored.here():
        return {course: typed(export_evidence, course).stdout_bytes for course in ("lc2024", "lc2024-scorm")}


@pytest.fixture(scope="session")
def evidence(exported: Mapping[str, bytes]) -> Mapping[str, EvidenceFile]:
    """What is read of it again, by course."""
    return {course: read_evidence(content.splitlines()) for course, content in exported.items()}


@both_courses
def test_the_objects_of_score_are_those_of_the_board(
    scored: Site, stored: Mapping[str, Cards], exported: Mapping[str, bytes], course: str, tmp_path: Path
) -> None:
    with scored.here():
        on_board = typed(board, course, "--format", "json").stdout
    file = tmp_path / "evidence.jsonl"
    file.write_bytes(exported[course])
    as_of = latest(stored[course])
    done = typed(score, str(file), "--scheme", SCHEME, "--as-of", iso(as_of))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == on_board
    assert len(on_board.splitlines()) == len(stored[course]) == 63


@both_courses
def test_every_card_comes_out_the_same_down_to_its_findings(
    stored: Mapping[str, Cards], evidence: Mapping[str, EvidenceFile], course: str
) -> None:
    cards = stored[course]
    assert evidence[course].remarks == ()
    assert scored_again(evidence[course].records, as_of=latest(cards)) == lasting(cards)


@both_courses
def test_neither_order_nor_repetition_of_the_lines_matters(
    stored: Mapping[str, Cards], exported: Mapping[str, bytes], course: str
) -> None:
    lines = exported[course].splitlines()
    cards = stored[course]
    mixed = read_evidence([*lines[::3], *lines[::-1]])
    assert scored_again(mixed.records, as_of=latest(cards)) == lasting(cards)


@both_courses
def test_only_what_the_score_depends_on_is_exported(exported: Mapping[str, bytes], course: str) -> None:
    lines = exported[course].splitlines()
    told = [json.loads(line) for line in lines]
    activities = {record.get("activity", record.get("forum")) for record in told} - {None}
    study = {"1", "4", "7", "10", "13"}
    videos = {activity for activity in activities if activity.startswith("https://video.example.edu/v/")}
    assert activities - videos == {"17", "19", "25", "27"} | (study if course == "lc2024-scorm" else set())
    assert bool(videos) is (course == "lc2024")


def test_an_export_has_neither_addresses_nor_usernames(exported: Mapping[str, bytes]) -> None:
    assert not re.search(rb"@|tea0\d\d|mbox", exported["lc2024"])


def test_what_was_decided_is_exported_too(
    scored: Site, stored: Mapping[str, Cards], evidence: Mapping[str, EvidenceFile], tmp_path: Path
) -> None:
    """A tutor calls a post flooding, in a copy of the database."""
    copied = scored.copied(tmp_path)
    records = evidence[SHORT].records
    post = next(one for one in records if isinstance(one, ev.Post) and one.person == "moodle-3")
    decision = ev.Decision(
        id="d1",
        person=post.person,
        target=ev.RecordTarget(kind="post", id=post.id),
        action=ev.Action.VOID,
        by="moodle-63",
        at=1_733_000_000_000,
        reason="灌水",
    )
    with copied.installation.store.writing() as transaction:
        transaction.keep_decision(SHORT, decision, at=decision.at)
    before = stored[SHORT][post.person, ev.Role.LEARNER]
    copied.assess(SHORT)
    after = copied.cards(SHORT)
    judged = after[post.person, ev.Role.LEARNER]
    assert finding(judged, "posts", post.id).reason is Reason.VOIDED
    assert judged.evidence != before.evidence
    with copied.here():
        lines = typed(export_evidence, SHORT).stdout_bytes.splitlines()
    assert scored_again(read_evidence(lines).records, as_of=latest(after)) == lasting(after)


def latest(cards: Mapping[Key, Scorecard]) -> int:
    """The instant of the newest card."""
    return max(card.as_of for card in cards.values())


def scored_again(records: Sequence[ev.Record], *, as_of: int) -> dict[Key, Scorecard]:
    """The cards of the records, without the instant they were scored at."""
    cards = scorecards(main_scheme(), records, as_of=as_of)
    return lasting({(card.person, card.role): card for card in cards})

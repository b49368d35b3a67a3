"""Golden cases: what the usual rules doubt in the recorded course, and what its course file makes of it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from lms_scoring.domain.doubts import Family, Ground, GroundKind
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from tests.fixtures.courses.installed import Site

pytestmark = pytest.mark.slow(reason="the whole recorded course is synced, by both its course files")

LIKE_USUAL, LIKE_TOLD = "lc2024-scorm", "lc2024"
"""The course file without settings, and the one that compares works of 500 letters and more alone."""


SIMILAR = partial(Ground, kind=GroundKind.SIMILAR, limit=5_000)


def cases(site: Site, course: str) -> dict[str, Case]:
    with site.installation.store.reading() as transaction:
        return {f"{case.family}-{case.name}": case for case in transaction.cases(course)}


def test_the_usual_rules_find_what_was_written_to_be_found(scored: Site) -> None:
    found = Counter(
        "+".join(ground.kind for ground in case.grounds) for case in cases(scored, LIKE_USUAL).values()
    )
    assert found == {
        "repeated": 88,
        "too_short": 73,
        "too_short+repeated": 25,
        "too_short+repeated+burst": 1,
        "similar": 90,
    }


def test_a_course_that_compares_long_works_alone_finds_fewer_copies(scored: Site) -> None:
    found = Counter(case.family for case in cases(scored, LIKE_TOLD).values())
    assert found == {Family.FLOODING: 187, Family.LIKENESS: 19}


@pytest.mark.parametrize(
    ("key", "person", "grounds"),
    [
        (
            "likeness-moodle/assign-3-19-0",
            "moodle-19",
            (SIMILAR(amount=10_000, other="moodle/assign-3-33-0"),),
        ),
        (
            "likeness-moodle/assign-1-3-0",
            "moodle-3",
            (SIMILAR(amount=6_666, other="moodle/assign-1-20-0"),),
        ),
        (
            "flooding-moodle/post-696",
            "moodle-63",
            (
                Ground(kind=GroundKind.TOO_SHORT, amount=6, limit=10),
                Ground(kind=GroundKind.REPEATED, amount=6, limit=1, other="moodle/post-695"),
                Ground(kind=GroundKind.BURST, amount=3, limit=3, within=60),
            ),
        ),
    ],
    ids=["a journal like another one", "homework with another number", "a tutor's marks in one breath"],
)
def test_cases_of_the_recorded_course(
    scored: Site, key: str, person: str, grounds: tuple[Ground, ...]
) -> None:
    case = cases(scored, LIKE_TOLD)[key]
    assert (case.person, case.grounds) == (person, grounds)


def test_a_copied_journal_lies_beside_the_one_that_was_there_before(scored: Site) -> None:
    copies = [case for case in cases(scored, LIKE_TOLD).values() if case.family is Family.LIKENESS]
    with scored.installation.store.reading() as transaction:
        for case in copies:
            texts = transaction.case_texts(LIKE_TOLD, case.number)
            assert texts.own is not None
            assert texts.other is not None
            assert texts.own.person == case.person != texts.other.person
            assert case.grounds[0].kind is GroundKind.SIMILAR


def test_looking_again_finds_the_same_and_opens_nothing(scored: Site, tmp_path: Path) -> None:
    """The other course that reads the same Moodle has everybody looked at once more."""
    copy = scored.copied(tmp_path).installation
    rules = copy.rules(LIKE_TOLD)
    again = look_for_doubts(rules, copy.store, clock=copy.clock)
    assert (again.opened, again.vanished) == (0, 0)
    assert look_for_doubts(rules, copy.store, clock=copy.clock) == Looked()


def test_what_is_open_is_counted_by_person(scored: Site) -> None:
    with scored.installation.store.reading() as transaction:
        counts = Counter(transaction.waiting_cases(LIKE_TOLD).values())
    assert sum(counts.values()) == 206
    assert max(counts.values()) == counts["moodle-3"] == 19

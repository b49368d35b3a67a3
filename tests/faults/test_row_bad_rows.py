"""Row 22: what is no row at all, among rows that are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import ProblemKind, Quarantined
from lms_scoring.services.collecting.open_problems import open_problems
from tests.faults.changing import FIRST
from tests.faults.contents import difference, living
from tests.faults.invariants import no_evidence_is_lost, nothing_seems_gone, undisturbed
from tests.faults.matrix import row
from tests.faults.rewritten import Edit, each_assignment, moodle_rows, statements
from tests.faults.scene import COURSE, Scene
from tests.fixtures.courses.installed import DATABASE


def _first_bad(rows: list[Any]) -> list[Any]:
    return [{"userid": FIRST, "id": "no number", "author": 7}, *rows[1:]]


BAD_ROWS: dict[str, dict[str, Edit]] = {
    "enrolled people": {"core_enrol_get_enrolled_users": lambda rows: [{"id": "x"}, *rows]},
    "hand-ins": {"mod_assign_get_submissions": lambda told: each_assignment(told, "submissions", _first_bad)},
    "marks": {"mod_assign_get_grades": lambda told: each_assignment(told, "grades", _first_bad)},
    "topics": {
        "mod_forum_get_forum_discussions": lambda told: {
            **told,
            "discussions": [{"discussion": "?"}, *told["discussions"]],
        }
    },
    "posts": {
        "mod_forum_get_discussion_posts": lambda told: {**told, "posts": [{"id": None}, *told["posts"]]}
    },
}


@row(22, "what", BAD_ROWS)
def test_a_row_that_cannot_be_read_is_kept_and_costs_no_other(
    course: Scene, tmp_path: Path, what: str
) -> None:
    undisturbed(course, tmp_path / "truth")
    truth = living(tmp_path / "truth" / DATABASE)
    course.moodle.always(moodle_rows(BAD_ROWS[what], f"a bad row among {what}"))
    course.sync()
    assert [each for each in problems(course) if each.code == "row_unreadable"]
    waiting = quarantined(course)
    assert {each.state for each in waiting} == {QuarantineState.WAITING}
    assert all(each.aside.text and each.aside.code == "row_unreadable" for each in waiting)
    nothing_seems_gone(course)
    course.sync()
    assert [each.number for each in quarantined(course)] == [each.number for each in waiting]
    course.calm()
    assert course.sync().good
    assert difference(living(course.database), truth) == {}
    assert course.sync(full=True).good
    assert {each.state for each in quarantined(course)} <= {QuarantineState.RESOLVED, QuarantineState.GONE}


@row(22, "place", [0, 1, -1])
def test_whose_row_cannot_be_read_has_not_left(course: Scene, place: int) -> None:
    assert course.sync().good
    before = places(course)

    def spoil(rows: list[Any]) -> list[Any]:
        if not rows:
            return rows
        rows[place] = {**rows[place], "id": "x"}
        return rows

    course.moodle.always(moodle_rows({"core_enrol_get_enrolled_users": spoil}, f"row {place} has no number"))
    course.sync(full=True)
    nothing_seems_gone(course)
    assert places(course) == before
    assert [each.aside.subject for each in quarantined(course)] == ["people"]
    course.calm()
    assert course.sync(full=True).good
    assert [each.state for each in quarantined(course)] == [QuarantineState.GONE]


@row(22, "every", [1, 7, 50])
def test_statements_that_cannot_be_read_are_kept_and_cost_no_other(
    course: Scene, tmp_path: Path, every: int
) -> None:
    truth = undisturbed(course, tmp_path / "truth")

    def spoil(page: list[Any]) -> list[Any]:
        spoilt = []
        for number, each in enumerate(page):
            if number % every == 0:
                spoilt.append({**each, "id": f"bad{number:05d}-0000-4000-8000-000000000000", "actor": None})
            spoilt.append(each)
        return spoilt

    course.lrs.always(statements(spoil, "spoilt"))
    assert course.sync().good
    no_evidence_is_lost(course, truth)
    refused = [each for each in problems(course) if each.kind is ProblemKind.REFUSED]
    assert len(refused) > 2
    waiting = quarantined(course)
    assert {each.aside.record for each in waiting} == {each.subject for each in refused}
    assert all(each.aside.text and each.aside.record.startswith("bad") for each in waiting)
    assert course.sync(full=True).good
    assert [(each.number, each.state) for each in quarantined(course)] == [
        (each.number, QuarantineState.WAITING) for each in waiting
    ]


def places(course: Scene) -> list[Membership]:
    with course.site.installation.store.reading() as transaction:
        return list(transaction.memberships(COURSE))


def quarantined(course: Scene) -> list[Quarantined]:
    with course.site.installation.store.reading() as transaction:
        return list(transaction.quarantined())


def problems(course: Scene) -> list[Any]:
    with course.site.installation.store.reading() as transaction:
        return [met.problem for met in open_problems(transaction, COURSE)]

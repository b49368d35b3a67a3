"""What the page of a sync report shows, computed from the report alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import (
    Concern,
    Kept,
    KeptCourse,
    MetProblem,
    Problem,
    ProblemKind,
    Run,
    RunState,
    SyncRequest,
    Trouble,
)
from lms_scoring.services.collecting.open_problems import OpenProblem
from lms_scoring.services.following_up.troubles import SCORING, platform_itself
from lms_scoring.services.viewing.sync_progress import progress_of
from lms_scoring.services.viewing.sync_report import Kind, SyncReport
from lms_scoring.web.coordinating.sync_page import AT_MOST, sync_page

COURSE = KeptCourse(id="c", title="A course", scheme="f", settings="")


def reported(
    *, runs: Sequence[Run] = (), problems: Sequence[OpenProblem] = (), kinds: Sequence[Kind] = ()
) -> SyncReport:
    progress = progress_of(runs, (), ())
    return SyncReport(
        course=COURSE, runs=runs, problems=problems, unjoined=(), kinds=kinds, progress=progress
    )


def trouble(concern: Concern) -> Trouble:
    return Trouble(concern=concern, course="c", since=1, failures=2, try_at=9, reason="r")


def run(id_: int, source: str = "moodle", state: RunState = RunState.DONE) -> Run:
    return Run(id=id_, course="c", source=source, started_at=id_, ended_at=None, state=state, kept=Kept())


def test_of_each_source_one_thing_is_said() -> None:
    """A request stands until its source was read, and one that failed is asked again."""
    runs = [run(1, "lrs"), run(2, "lrs", RunState.RUNNING)]
    requests = [SyncRequest(course="c", source=source, asked_at=7) for source in ("moodle", "lrs")]
    troubles = [
        trouble(of) for of in (*map(platform_itself, ("moodle", "lrs")), SCORING, platform_itself("another"))
    ]
    progress = progress_of(runs, requests, troubles)
    assert [(one.source, one.run is not None, one.asked_at) for one in progress.lines] == [
        ("lrs", True, 7),
        ("moodle", False, 7),
    ]
    assert [one.trouble for one in progress.lines] == [troubles[1], troubles[0]]
    assert progress.troubles == troubles[2:]
    assert (progress.reading, progress.waiting) == (1, 1)
    assert progress_of(runs[:1], (), troubles[:1]).lines == []


def test_the_latest_run_of_each_source_stands_before_the_earlier_ones() -> None:
    page = sync_page(reported(runs=[run(1), run(2, "lrs"), run(3), run(4)]))
    assert [one.id for one in page.latest] == [4, 2]
    assert [one.id for one in page.earlier] == [3, 1]


@pytest.mark.parametrize(
    ("state", "failed"),
    [
        (RunState.DONE, False),
        (RunState.RUNNING, False),
        (RunState.FAILED, True),
        (RunState.INTERRUPTED, True),
    ],
)
def test_a_run_that_did_not_go_well_is_told_while_it_is_the_latest(state: RunState, failed: bool) -> None:
    assert sync_page(reported(runs=[run(1), run(2, "lrs", state)])).has_failed is failed
    assert not sync_page(reported(runs=[run(2, "lrs", state), run(3, "lrs")])).has_failed


def met(kind: ProblemKind = ProblemKind.NOTICE, code: str = "c", subject: str = "") -> OpenProblem:
    problem = Problem(kind=kind, code=code, text="t", subject=subject)
    found = MetProblem(source="moodle", run=1, times=1, first_at=0, last_at=0, problem=problem)
    return OpenProblem(met=found, person=None, activity=None)


def test_a_report_shows_the_worst_first_and_never_an_endless_list() -> None:
    problems = [met(), *[met(ProblemKind.LOST)] * (AT_MOST + 5)]
    report = reported(problems=problems)
    lost, notice = sync_page(report).problems
    (group,) = lost.groups
    assert (lost.kind, lost.count, group.count) == (ProblemKind.LOST, AT_MOST + 5, AT_MOST + 5)
    assert len(group.shown) == AT_MOST
    assert (notice.kind, notice.count) == (ProblemKind.NOTICE, 1)
    assert (lost.is_wrong, notice.is_wrong) == (True, False)


def test_only_what_has_an_activity_can_be_called_unbound() -> None:
    def kind(activity: str | None, purpose: Purpose | None) -> Kind:
        return Kind(
            source="moodle", kind="post", activity=None, activity_id=activity, count=1, purpose=purpose
        )

    kinds = [kind("25", Purpose.POSTS), kind("26", None), kind(None, None)]
    shown = sync_page(reported(kinds=kinds))
    assert [one.activity_id for one in shown.bound] == ["25"]
    assert [one.activity_id for one in shown.unbound] == ["26"]
    assert [one.activity_id for one in shown.others] == [None]


def test_problems_are_grouped_by_their_code_the_most_frequent_first() -> None:
    problems = [met(code="rare"), met(code="often", subject="1"), met(code="often", subject="2")]
    report = reported(problems=problems)
    (notices,) = sync_page(report).problems
    assert [(group.code, group.count) for group in notices.groups] == [("often", 2), ("rare", 1)]
    assert [one.met.problem.subject for one in notices.groups[0].shown] == ["1", "2"]

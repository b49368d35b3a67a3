"""What the page of a sync report shows, computed from the report alone."""

from __future__ import annotations

from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import KeptCourse, MetProblem, Problem, ProblemKind
from lms_scoring.services.collecting.open_problems import OpenProblem
from lms_scoring.services.viewing.consult import Kind, SyncReport
from lms_scoring.web.coordinating.sync_page import AT_MOST, sync_page

COURSE = KeptCourse(id="c", title="A course", scheme="f", settings="")


def met(kind: ProblemKind = ProblemKind.NOTICE, code: str = "c", subject: str = "") -> OpenProblem:
    problem = Problem(kind=kind, code=code, text="t", subject=subject)
    found = MetProblem(source="moodle", run=1, times=1, first_at=0, last_at=0, problem=problem)
    return OpenProblem(met=found, person=None, activity=None)


def test_a_report_shows_the_worst_first_and_never_an_endless_list() -> None:
    problems = [met(), *[met(ProblemKind.LOST)] * (AT_MOST + 5)]
    report = SyncReport(course=COURSE, runs=(), problems=problems, unjoined=(), kinds=())
    lost, notice = sync_page(report).problems
    (group,) = lost.groups
    assert (lost.kind, lost.count, group.count) == (ProblemKind.LOST, AT_MOST + 5, AT_MOST + 5)
    assert len(group.shown) == AT_MOST
    assert (notice.kind, notice.count) == (ProblemKind.NOTICE, 1)


def test_only_what_has_an_activity_can_be_called_unbound() -> None:
    def kind(activity: str | None, purpose: Purpose | None) -> Kind:
        return Kind(
            source="moodle", kind="post", activity=None, activity_id=activity, count=1, purpose=purpose
        )

    kinds = [kind("25", Purpose.POSTS), kind("26", None), kind(None, None)]
    shown = sync_page(SyncReport(course=COURSE, runs=(), problems=(), unjoined=(), kinds=kinds))
    assert [one.activity_id for one in shown.bound] == ["25"]
    assert [one.activity_id for one in shown.unbound] == ["26"]
    assert [one.activity_id for one in shown.others] == [None]


def test_problems_are_grouped_by_their_code_the_most_frequent_first() -> None:
    problems = [met(code="rare"), met(code="often", subject="1"), met(code="often", subject="2")]
    report = SyncReport(course=COURSE, runs=(), problems=problems, unjoined=(), kinds=())
    (notices,) = sync_page(report).problems
    assert [(group.code, group.count) for group in notices.groups] == [("often", 2), ("rare", 1)]
    assert [one.met.problem.subject for one in notices.groups[0].shown] == ["1", "2"]

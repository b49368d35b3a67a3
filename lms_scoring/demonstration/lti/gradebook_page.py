"""The gradebook: learners and the columns of tools, newest grade first; staff may put in another grade."""

from datetime import UTC, datetime
from html import escape

from lms_scoring.demonstration.lti.accounts import (
    Account,
    account_of,
    is_learner,
    may_enter,
    teaches,
)
from lms_scoring.demonstration.lti.cast import written
from lms_scoring.demonstration.lti.markup import error_page, page, redirect
from lms_scoring.demonstration.lti.scores import ZONE
from lms_scoring.demonstration.lti.service_calls import number
from lms_scoring.demonstration.lti.site_pages import heading
from lms_scoring.demonstration.lti.state import Column, Course, Grade, LtiState, Visit
from lms_scoring.demonstration.lti.visits import Asked
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer


class GradebookPage:
    """``grade/report/grader/index.php``."""

    def __init__(self, model: MoodleModel, state: LtiState) -> None:
        self._model = model
        self._state = state

    def show(self, asked: Asked) -> Answer:
        """The table: all learners for staff, the own row for a learner."""
        course = self._state.courses.get(asked.number("id") or self._model.course_id)
        if course is None:
            return error_page("没有这门课程")
        if asked.visit is None:
            return redirect("/login/index.php")
        if not may_enter(self._model, asked.visit.user, course):
            return redirect(f"/enrol/index.php?id={course.id}")
        return self._table(course, asked.visit)

    def override(self, asked: Asked) -> Answer:
        """A grade by hand; it is newer than whatever a tool has sent."""
        column = self._state.columns.get(asked.number("column") or 0)
        user = asked.number("user") or 0
        if asked.visit is None or not asked.confirmed or not teaches(self._model, asked.visit.user):
            return error_page("没有权限", status=403)
        if column is None or not is_learner(self._model, user, self._state.courses[column.course]):
            return error_page("没有这一栏或这位学员")
        try:
            text = asked.parameters.get("grade", "").strip()
            score = float(text) if text else None
            put_by_hand(
                column, user, score, comment=asked.parameters.get("comment", ""), at=self._model.now()
            )
        except ValueError:
            return error_page("成绩须在 0 与满分之间", status=400)
        return redirect(f"/grade/report/grader/index.php?id={column.course}")

    def _table(self, course: Course, visit: Visit) -> Answer:
        staff = teaches(self._model, visit.user)
        every = self._state.columns_of(course.id)
        columns = [each for each in every if each.grades] or every  # an activity's own mostly stays empty
        learners = self._learners(course, None if staff else visit.user)
        learners.sort(key=lambda each: -max((_at(column, each) for column in columns), default=0))
        heads = "".join(f"<th>{escape(each.label)}（{number(each.maximum)}）</th>" for each in columns)
        rows = "".join(
            f"<tr><th scope=row>{escape(written(each))}{self._review(course, each) if staff else ''}</th>"
            + "".join(_cell(column, each, visit if staff else None) for column in columns)
            + "</tr>"
            for each in learners
        )
        table = f"<table><thead><tr><th>学员</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        top = heading(self._model, course, visit)
        return page("成绩簿", f'{top}<main><h1>成绩簿</h1><div class="sheet wide">{table}</div></main>')

    def _learners(self, course: Course, only: int | None) -> list[Account]:
        found = []
        for user in sorted(self._model.people):
            account = account_of(self._model, user)
            if account and is_learner(self._model, user, course) and only in (None, user):
                found.append(account)
        return found

    def _review(self, course: Course, learner: Account) -> str:
        for activity in self._state.activities_of(course.id)[:1]:
            address = f"/mod/lti/launch.php?id={activity.cmid}&amp;action=gradeReport&amp;user={learner.id}"
            return f'<br><a href="{address}">{escape(activity.title)}</a>'
        return ""


def put_by_hand(column: Column, user: int, score: float | None, *, comment: str, at: int) -> None:
    """What a person puts into a column. Raises ValueError for a score that does not fit it."""
    if score is not None and not 0 <= score <= column.maximum:
        raise ValueError(f"a score from 0 to {column.maximum}")
    column.grades[user] = Grade(score, at, comment, by_hand=True)


def _at(column: Column, learner: Account) -> int:
    grade = column.grades.get(learner.id)
    return 0 if grade is None else grade.at


def _cell(column: Column, learner: Account, visit: Visit | None) -> str:
    grade = column.grades.get(learner.id)
    told = '<span class="quiet">—</span>'
    if grade is not None:
        score = "—" if grade.score is None else f"{number(grade.score)}"
        at = datetime.fromtimestamp(grade.at, UTC).astimezone(ZONE)
        hand = "（教师改分）" if grade.by_hand else ""
        told = (
            f"<strong>{score}</strong>{hand}<small>{escape(grade.comment)}</small>"
            f"<small>{at:%Y-%m-%d %H:%M:%S}</small>"
        )
    return (
        f'<td data-column="{column.id}" data-user="{learner.id}">{told}{_form(column, learner, visit)}</td>'
    )


def _form(column: Column, learner: Account, visit: Visit | None) -> str:
    if visit is None:
        return ""
    return (
        f'<details><summary>改分</summary><form method="post" action="/grade/report/grader/index.php">'
        f'<input type="hidden" name="sesskey" value="{visit.sesskey}">'
        f'<input type="hidden" name="column" value="{column.id}">'
        f'<input type="hidden" name="user" value="{learner.id}">'
        f'<label>成绩 <input name="grade" inputmode="decimal"></label>'
        f'<label>评语 <input name="comment"></label><button class="main">保存</button></form></details>'
    )

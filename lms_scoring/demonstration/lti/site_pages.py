"""The pages of the course: who one is, the activity with the tool in its frame, the other activities."""

from html import escape

from lms_scoring.demonstration.lti.accounts import (
    ADMINISTRATOR,
    account_of,
    manages,
    may_enter,
    teaches,
)
from lms_scoring.demonstration.lti.cast import learners_of, parts, usual_learner, written
from lms_scoring.demonstration.lti.markup import error_page, page
from lms_scoring.demonstration.lti.state import Activity, Course, LtiState, Visit
from lms_scoring.demonstration.lti.visits import Asked, signed_in
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer

FRAME_MAY = "microphone; camera; fullscreen; autoplay"


class SitePages:
    """Course page, activity page, sign-in page."""

    def __init__(self, model: MoodleModel, state: LtiState) -> None:
        self._model = model
        self._state = state

    def course(self, asked: Asked) -> Answer:
        """``course/view.php``: whoever comes without a visit is the usual learner."""
        course = self._state.courses.get(asked.number("id") or self._model.course_id)
        if course is None:
            return error_page("没有这门课程")
        visit, cookie = asked.visit, None
        if visit is None:
            learner = usual_learner(self._model, course)
            visit, cookie = signed_in(self._state, ADMINISTRATOR.id if learner is None else learner.id)
        activities = self._state.activities_of(course.id)
        first, others = activities[:1], activities[1:]
        body = self._framed(first[0], visit) if first else ""
        body += "".join(_linked(each) for each in others)
        body += self._choosing(course, visit) + (self._rest() if course.members is None else "")
        return self._page(course.title, body, course=course, visit=visit, cookie=cookie)

    def activity(self, asked: Asked) -> Answer:
        """``mod/lti/view.php``: one activity."""
        activity = self._state.activities.get(asked.number("id") or 0)
        if activity is None:
            return error_page("没有这个活动")
        course = self._state.courses[activity.course]
        if asked.visit is None:
            return self.sign_in(asked)
        body = self._framed(activity, asked.visit)
        return self._page(activity.title, body, course=course, visit=asked.visit)

    def grader(self, asked: Asked) -> Answer:
        """``mod/assign/view.php?action=grader``: where a tutor would mark a learner's work; nothing is marked
        here."""
        if asked.visit is None:
            return self.sign_in(asked)
        user = asked.visit.user
        learner = account_of(self._model, asked.number("userid") or 0)
        assignments = {
            module["id"]: module for module in self._model.modules() if module["modname"] == "assign"
        }
        assignment = assignments.get(asked.number("id") or 0)
        if assignment is None or learner is None:
            return error_page("没有这项作业")
        if not (teaches(self._model, user) or manages(user) or user == ADMINISTRATOR.id):
            return error_page("您不能批改作业", status=403)
        body = (
            f"<section><h2>{escape(written(learner))}</h2>"
            '<p class="quiet">真实的 Moodle 在这里打开这位学员的批改页面。演示平台不能批改。</p></section>'
        )
        course = self._state.courses[self._model.course_id]
        return self._page(f"批改：{assignment['name']}", body, course=course, visit=asked.visit)

    def sign_in(self, asked: Asked) -> Answer:
        """``login/index.php``: nothing but the switch."""
        course = self._state.courses[self._model.course_id]
        return self._page("登录", "", course=course, visit=asked.visit)

    def enrol(self, asked: Asked) -> Answer:
        """``enrol/index.php``: where those end who are not, or no longer, in the course."""
        return page(
            "选课", '<main class="sheet"><h1>无法进入课程</h1><p>您未选修此课程，或选课已暂停。</p></main>'
        )

    def _framed(self, activity: Activity, visit: Visit) -> str:
        title = escape(activity.title)
        tool = self._state.tools.get(activity.tool or 0)
        course = self._state.courses[activity.course]
        if tool is None or not tool.active:
            inner = '<p class="quiet">此活动还没有外部工具。系统管理员可在“外部工具”页面注册并启用。</p>'
        elif not may_enter(self._model, visit.user, course):
            inner = '<p class="quiet">您不在此课程中。</p>'
        else:
            inner = (
                f'<iframe src="/mod/lti/launch.php?id={activity.cmid}&amp;triggerview=0" title="{title}"'
                f' name="contentframe" allow="{FRAME_MAY}"></iframe>'
            )
        heading = f'<h2><a href="/mod/lti/view.php?id={activity.cmid}">{title}</a></h2>'
        text = f"<p>{escape(activity.description)}</p>" if activity.description else ""
        return f"<section>{heading}{text}{inner}</section>"

    def _choosing(self, course: Course, visit: Visit) -> str:
        if not manages(visit.user):
            return ""
        links = "".join(
            f'<li><a href="/mod/lti/contentitem.php?id={tool.id}&amp;course={course.id}">'
            f"从“{escape(tool.name)}”选择内容</a></li>"
            for tool in self._state.tools.values()
            if tool.active
        )
        return f"<section><h2>添加活动</h2><ul>{links}</ul></section>" if links else ""

    def _rest(self) -> str:
        names = "".join(f"<li>{escape(module['name'])}</li>" for module in self._model.modules())
        return f'<section class="quiet"><h2>课程的其他活动</h2><ul>{names}</ul></section>'

    def _page(
        self, title: str, body: str, *, course: Course, visit: Visit | None, cookie: str | None = None
    ) -> Answer:
        top = heading(self._model, course, visit)
        switch = self._switch(course, visit)
        return page(title, f"{top}<main><h1>{escape(title)}</h1>{switch}{body}</main>", cookie=cookie)

    def _switch(self, course: Course, visit: Visit | None) -> str:
        current = None if visit is None else visit.user
        buttons = "".join(
            f'<button name="user" value="{part.account.id}" title="{escape(written(part.account))}"'
            f' aria-pressed="{str(part.account.id == current).lower()}">{part.title}</button>'
            for part in parts(self._model, course)
        )
        options = "".join(
            f'<option value="{each.id}"{" selected" if each.id == current else ""}>{escape(written(each))}'
            for each in learners_of(self._model, course)
        )
        to = f'<input type="hidden" name="course" value="{course.id}">'
        return (
            f'<section><h2>以谁的身份查看</h2><form class="people" method="post" action="/login/switch">{to}'
            f"{buttons}</form>"
            f'<form class="people" method="post" action="/login/switch">{to}<label>其他学员'
            f' <select name="user">{options}</select></label><button>切换</button></form></section>'
        )


def heading(model: MoodleModel, course: Course, visit: Visit | None) -> str:
    """The head of every page: site, person, ways on."""
    account = None if visit is None else account_of(model, visit.user)
    who = "未登录" if account is None else f"已登录：{escape(written(account))}"
    links = [
        ("课程", f"/course/view.php?id={course.id}"),
        ("成绩簿", f"/grade/report/grader/index.php?id={course.id}"),
    ]
    if account is not None and account.id == ADMINISTRATOR.id:
        links.append(("外部工具", "/mod/lti/toolconfigure.php"))
    ways = "".join(f'<a href="{address}">{name}</a>' for name, address in links)
    site = escape(model.site_info["sitename"])
    return f"<header><strong>{site}</strong><small>{who}</small><nav>{ways}</nav></header>"


def _linked(activity: Activity) -> str:
    address = f"/mod/lti/view.php?id={activity.cmid}"
    text = f"<p>{escape(activity.description)}</p>" if activity.description else ""
    return f'<section><h2><a href="{address}">{escape(activity.title)}</a></h2>{text}</section>'

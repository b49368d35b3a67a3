"""The tutor's desk: what to do today, the marking queue, recommending works, and telling the class."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.tutor_desk import TutorDesk
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.deciding.effect_page import EffectPage
from lms_scoring.web.deciding.entering import Entering
from lms_scoring.web.desk.bulletin_text import bulletin_text
from lms_scoring.web.desk.desk_page import choices_of, queue_of, to_do
from lms_scoring.web.desk.recommending import advice_in
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice

_PATH = "/courses/<course>/desk"


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/desk`, and `…/marking`, `…/recommending`, `…/bulletins`; `class` chooses a class."""
    pages = Blueprint("desks", __name__)
    entering = Entering(store=door.store, clock=clock)

    def at(course: str) -> tuple[CourseRules, TutorDesk]:
        rules = door.rules(course)
        return rules, TutorDesk(door.store, rules, clock=clock)

    @pages.get(_PATH)
    def overview(course: str) -> str:
        """What must I do?"""
        rules, tutors = at(course)
        desk, duties = tutors.duties(current_visitor(), class_=_class_asked())
        return render_template(
            "desk.html", view=desk.view, desk=desk, classes=to_do(duties, rules.scheme), rules=rules
        )

    @pages.get(f"{_PATH}/marking")
    def marking(course: str) -> str:
        rules, tutors = at(course)
        desk = tutors.desk(current_visitor(), class_=_class_asked())
        return render_template("marking.html", view=desk.view, desk=desk, queue=queue_of(desk), rules=rules)

    @pages.get(f"{_PATH}/recommending")
    def recommending(course: str) -> str:
        rules, tutors = at(course)
        desk = tutors.desk(current_visitor(), class_=_class_asked())
        return render_template(
            "recommending.html",
            view=desk.view,
            desk=desk,
            choices=choices_of(desk, rules.scheme),
            rules=rules,
        )

    @pages.post(f"{_PATH}/recommending")
    def recommend(course: str) -> Response | str | tuple[str, int]:
        """Recommends a work of one's own class, or takes that back: shown first, then kept."""
        rules, tutors = at(course)
        candidate = tutors.candidate(current_visitor(), request.form.get("submission", ""))
        advice = advice_in(request.form, candidate)
        if advice is None:
            raise BadRequest

        def asking(effect: EffectPage | None = None, *, refused: Obstacle | None = None) -> str:
            return render_template(
                "recommend.html",
                view=candidate.desk.view,
                desk=candidate.desk,
                candidate=candidate,
                advice=advice,
                effect=effect,
                refused=refused,
                rules=rules,
            )

        if advice.asks_first:
            return asking()
        try:
            return entering.answer(
                advice.wish(candidate),
                rules=rules,
                view=candidate.desk.view,
                seen=request.form.get("seen"),
                shown=asking,
                after=url_for("desks.recommending", course=course),
            )
        except CannotBeDecided as error:
            return asking(refused=error.why), status_of(error)

    @pages.get(f"{_PATH}/bulletins")
    def bulletins(course: str) -> str:
        rules, tutors = at(course)
        desk, news = tutors.news(current_visitor(), class_=_class_asked())
        texts = [bulletin_text(one, desk, rules, current_voice()) for one in news]
        return render_template(
            "bulletins.html", view=desk.view, desk=desk, news=list(zip(news, texts, strict=True)), rules=rules
        )

    return pages


def _class_asked() -> str | None:
    return request.args.get("class") or None

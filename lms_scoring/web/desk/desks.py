"""The tutor's desk: what to do today, the marking queue, recommending works, and telling the class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import ActivityKinds, Clock
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.tutor_desk import Candidate, TutorDesk
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.deciding.effect_page import EffectPage
from lms_scoring.web.deciding.entering import Entering
from lms_scoring.web.desk.bulletin_text import bulletin_text
from lms_scoring.web.desk.desk_page import choices_of, queue_of, to_do
from lms_scoring.web.desk.recommending import Advice, advice_in
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice

_PATH = "/courses/<course>/desk"


def blueprint(door: Door, *, clock: Clock, activity_kinds: Mapping[str, ActivityKinds]) -> Blueprint:
    """`/courses/<course>/desk`, and `…/marking`, `…/recommending`, `…/bulletins`; `class` chooses a class."""
    views = _Views(door=door, clock=clock, activity_kinds=activity_kinds)
    pages = Blueprint("desks", __name__)
    pages.get(_PATH)(views.overview)
    pages.get(f"{_PATH}/marking")(views.marking)
    pages.get(f"{_PATH}/recommending")(views.recommending)
    pages.post(f"{_PATH}/recommending")(views.recommend)
    pages.get(f"{_PATH}/bulletins")(views.bulletins)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    door: Door
    clock: Clock
    activity_kinds: Mapping[str, ActivityKinds]

    def overview(self, course: str) -> str:
        """What must I do?"""
        rules, tutors = self._at(course)
        desk, duties = tutors.duties(current_visitor(), class_=_class_asked())
        return render_template(
            "desk.html", view=desk.view, desk=desk, classes=to_do(desk, duties, rules.scheme), rules=rules
        )

    def marking(self, course: str) -> str:
        rules, tutors = self._at(course)
        desk = tutors.desk(current_visitor(), class_=_class_asked())
        return render_template("marking.html", view=desk.view, desk=desk, queue=queue_of(desk), rules=rules)

    def recommending(self, course: str) -> str:
        rules, tutors = self._at(course)
        desk = tutors.desk(current_visitor(), class_=_class_asked())
        return render_template(
            "recommending.html",
            view=desk.view,
            desk=desk,
            choices=choices_of(desk, rules.scheme),
            rules=rules,
        )

    def recommend(self, course: str) -> Response | str | tuple[str, int]:
        """Recommends a work of one's own class, or takes that back: shown first, then kept."""
        rules, tutors = self._at(course)
        candidate = tutors.candidate(current_visitor(), request.form.get("submission", ""))
        advice = advice_in(request.form, candidate)
        if advice is None:
            raise BadRequest
        asking = partial(_asking, candidate, advice, rules)
        if advice.asks_first:
            return asking()
        try:
            return Entering(store=self.door.store, clock=self.clock).answer(
                advice.wish(candidate),
                rules=rules,
                view=candidate.desk.view,
                seen=request.form.get("seen"),
                shown=asking,
                after=url_for("desks.recommending", course=course),
            )
        except CannotBeDecided as error:
            return asking(refused=error.why), status_of(error)

    def bulletins(self, course: str) -> str:
        rules, tutors = self._at(course)
        desk, news = tutors.news(current_visitor(), class_=_class_asked())
        texts = [bulletin_text(one, desk, rules, current_voice()) for one in news]
        return render_template(
            "bulletins.html", view=desk.view, desk=desk, news=list(zip(news, texts, strict=True)), rules=rules
        )

    def _at(self, course: str) -> tuple[CourseRules, TutorDesk]:
        rules = self.door.rules(course)
        return rules, TutorDesk(self.door.store, rules, clock=self.clock, activity_kinds=self.activity_kinds)


def _asking(
    candidate: Candidate,
    advice: Advice,
    rules: CourseRules,
    effect: EffectPage | None = None,
    *,
    refused: Obstacle | None = None,
) -> str:
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


def _class_asked() -> str | None:
    return request.args.get("class") or None

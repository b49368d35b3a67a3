"""Deciding about a record or criterion from the ledger: what, why, what would change, then keeping it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.ports import Clock
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of, signature
from lms_scoring.services.viewing.consult import Consultant, Seen
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.card.decided import asked_of, decided_of, target_in
from lms_scoring.web.deciding.decision_page import Asked, Subject, asked_in, subject_of
from lms_scoring.web.deciding.effect_page import EffectPage
from lms_scoring.web.deciding.entering import Entering
from lms_scoring.web.door import Door

_PATH = "/courses/<course>/people/<path:person>/decisions"


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/people/<person>/decisions`; `kind` and `id`, or `criterion`, say about what."""
    pages = Blueprint("decisions", __name__)
    entering = Entering(store=door.store, clock=clock)

    @pages.get(_PATH)
    def offer(course: str, person: str) -> str:
        """The form; without anything named, all that was decided and what may be decided about."""
        rules = door.rules(course)
        seen = Consultant(door.store, rules).to_decide_about(current_visitor(), person)
        target = target_in(request.args)
        if target is None:
            return render_template(
                "decisions.html",
                view=seen.view,
                statuses=seen.statuses,
                decided=decided_of(seen),
                zone=rules.zone,
            )
        subject = subject_of(seen, target)
        if subject is None:
            raise BadRequest
        return _form(seen, subject, rules, Asked())

    @pages.post(_PATH)
    def decide(course: str, person: str) -> Response | str | tuple[str, int]:
        rules, visitor = door.rules(course), current_visitor()
        seen = Consultant(door.store, rules).to_decide_about(visitor, person)
        target = target_in(request.form)
        subject = None if target is None else subject_of(seen, target)
        if subject is None:
            raise BadRequest
        asked = asked_in(request.form, subject)
        if asked.action is None or not asked.is_good:
            return _form(seen, subject, rules, asked), BadRequest.code
        try:
            wish = Decide(
                person=person,
                target=subject.target,
                action=asked.action,
                signed=signature(author_of(visitor), asked.reason),
                points=asked.points_meant,
                entitled=[status.membership for status in seen.statuses],
            )
            return entering.answer(
                wish,
                rules=rules,
                view=seen.view,
                seen=request.form.get("seen"),
                shown=lambda effect: _form(seen, subject, rules, asked, effect),
                after=url_for("people.person", course=course, person=person, _anchor="decided"),
            )
        except CannotBeDecided as error:
            return _form(seen, subject, rules, replace(asked, faults=(error.why,))), status_of(error)

    return pages


def _form(
    seen: Seen, subject: Subject, rules: CourseRules, asked: Asked, effect: EffectPage | None = None
) -> str:
    return render_template(
        "decision.html",
        view=seen.view,
        subject=subject,
        status=subject.status,
        named=asked_of(subject.target),
        decided=decided_of(seen),
        asked=asked,
        effect=effect,
        zone=rules.zone,
    )

"""A course's settings, changed after it was set up: what activities count as, and what its gradebook gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Conflict
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import ActivityKinds, Clock, Passback
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.passing_back import PassingBack
from lms_scoring.services.setting_up.rebinding import Bound, Rebinding, Rebound
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.coordinating.rescore_page import RescorePage, rescore_page
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice
from lms_scoring.web.setting_up.set_up_page import Decided, Wrong, decided_of, name_of

NOTHING_SENT = "off"
"""The choice that no grade goes to the gradebook."""
PASSBACKS: Mapping[str, Passback | None] = {**{one.value: one for one in Passback}, NOTHING_SENT: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A choice of what the gradebook gets, and how many grades would go out by it."""

    choice: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form said, what it would change, and why that was not done."""

    found: Decided
    rebound: Rebound | None = None
    refused: Obstacle | None = None
    left: int | None = None
    """How many cards are to be made before it can be asked again."""
    reason: str = ""
    sending: Sending | None = None


def blueprint(door: Door, *, clock: Clock, activity_kinds: Mapping[str, ActivityKinds]) -> Blueprint:
    """`/courses/<course>/settings`, and `…/settings/gradebook`."""
    pages = Blueprint("course_settings", __name__)
    views = _Views(door=door, clock=clock, activity_kinds=activity_kinds)
    pages.get("/courses/<course>/settings")(views.offer)
    pages.post("/courses/<course>/settings")(views.change)
    pages.post("/courses/<course>/settings/gradebook")(views.send)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    door: Door
    clock: Clock
    activity_kinds: Mapping[str, ActivityKinds]

    def offer(self, course: str) -> str:
        rules = self.door.rules(course)
        bound = self._rebinding(rules).bound(current_visitor())
        return self._page(rules, bound, Asked(found=Decided(chosen=bound.now)))

    def change(self, course: str) -> Response | str | tuple[str, int]:
        """Shows what would change, or has the course go by it as it was shown."""
        rules = self.door.rules(course)
        rebinding = self._rebinding(rules)
        bound = rebinding.bound(current_visitor())
        asked = Asked(found=_found(rebinding, bound), reason=request.form.get("reason", ""))
        if asked.found.faults:
            return self._page(rules, bound, asked), BadRequest.code
        try:
            if request.form.get("do") != "adopt":
                return self._page(rules, bound, _foreseen(rebinding, bound, asked))
            if _taken_on(rebinding, bound, asked):
                return redirect(url_for("course_settings.offer", course=course), code=303)
        except CannotBeDecided as error:
            asked = replace(asked, refused=error.why, left=error.left)
            if error.why.is_of_the_reason:
                asked = _foreseen(rebinding, bound, asked)
            return self._page(rules, bound, asked), status_of(error)
        stale = _foreseen(rebinding, bound, replace(asked, refused=Obstacle.STALE))
        return self._page(rules, bound, stale), Conflict.code

    def send(self, course: str) -> Response | str:
        """Shows how many grades would go out, or has them go."""
        rules, visitor = self.door.rules(course), current_visitor()
        passing, choice = self._passing(rules), request.form.get("passback", "")
        passing.now(visitor)
        if choice not in PASSBACKS:
            raise BadRequest
        if request.form.get("do") == "switch":
            passing.switch(visitor, PASSBACKS[choice])
            address = url_for("course_settings.offer", course=course, _anchor="gradebook")
            return redirect(address, code=303)
        sending = Sending(choice=choice, count=passing.foresee(visitor, PASSBACKS[choice]))
        bound = self._rebinding(rules).bound(visitor)
        return self._page(rules, bound, Asked(found=Decided(chosen=bound.now), sending=sending))

    def _page(self, rules: CourseRules, bound: Bound, asked: Asked) -> str:
        visitor = current_visitor()
        passed = self._passing(rules).now(visitor)
        return render_template(
            "course_settings.html",
            view=Consultant(self.door.store, rules).view(visitor),
            scheme=rules.scheme,
            bound=bound,
            asked=asked,
            found=asked.found,
            page=None if asked.rebound is None else _foretold(asked.rebound, rules),
            name_of=name_of,
            passed=passed,
            passbacks=list(PASSBACKS),
            sent_now=NOTHING_SENT if passed.passback is None else passed.passback.value,
        )

    def _rebinding(self, rules: CourseRules) -> Rebinding:
        return Rebinding(self.door.store, rules, clock=self.clock, activity_kinds=self.activity_kinds)

    def _passing(self, rules: CourseRules) -> PassingBack:
        return PassingBack(self.door.store, rules, clock=self.clock)


def _found(rebinding: Rebinding, bound: Bound) -> Decided:
    """What the form says of each line, and where that cannot be."""
    found = decided_of(request.form, bound.options, bound.now)
    if found.faults:
        return found
    return replace(found, faults=dict.fromkeys(rebinding.held(bound, found.chosen), Wrong.HELD))


def _foreseen(rebinding: Rebinding, bound: Bound, asked: Asked) -> Asked:
    return replace(asked, rebound=rebinding.foresee(current_visitor(), bound, asked.found.chosen))


def _taken_on(rebinding: Rebinding, bound: Bound, asked: Asked) -> bool:
    seen = request.form.get("seen", "")
    return rebinding.take_on(current_visitor(), bound, asked.found.chosen, reason=asked.reason, seen=seen)


def _foretold(rebound: Rebound, rules: CourseRules) -> RescorePage:
    voice = current_voice()
    roles = {role.value: voice.say(f"roles.{role.value}") for role in Role}
    return rescore_page(rebound.foreseen, rules.scheme, language=voice.language, roles=roles)

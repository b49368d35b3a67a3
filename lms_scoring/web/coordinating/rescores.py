"""Other rules for a course: choose or paste a scheme, see who would flip, and take it on with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Conflict
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided, Mistake, SchemeMistakes
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock
from lms_scoring.services.deciding.rescore import Rescoring
from lms_scoring.services.scoring.foresee import Foreseen
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer, SchemeShelf
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import WRONG, status_of
from lms_scoring.web.coordinating.rescore_page import rescore_page
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice

OWN = "own"
"""The choice of a scheme that is pasted or uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form said, and what is wrong with it."""

    choice: str = ""
    text: str = ""
    reason: str = ""
    mistakes: Sequence[Mistake] = ()
    refused: Obstacle | None = None
    left: int | None = None
    """How many cards are to be made before it can be asked again."""


def blueprint(door: Door, shelf: SchemeShelf, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/rescore`."""
    pages = Blueprint("rescores", __name__)

    @pages.get("/courses/<course>/rescore")
    def offer(course: str) -> str:
        rules = door.rules(course)
        return _page(door, rules, Rescoring(door.store, rules, shelf, clock=clock), Asked())

    @pages.post("/courses/<course>/rescore")
    def rescore(course: str) -> Response | str | tuple[str, int]:
        """Shows what would change, or takes it on as it was shown."""
        rules = door.rules(course)
        rescoring = Rescoring(door.store, rules, shelf, clock=clock)
        asked, visitor = _asked(), current_visitor()
        try:
            chosen = _chosen(rescoring, asked)
        except SchemeMistakes as error:
            return _page(door, rules, rescoring, replace(asked, mistakes=error.mistakes)), WRONG.status
        try:
            if request.form.get("do") != "adopt":
                return _page(door, rules, rescoring, asked, rescoring.foresee(visitor, chosen))
            seen = request.form.get("seen", "")
            done = rescoring.take_on(visitor, chosen, reason=asked.reason, seen=seen)
        except CannotBeDecided as error:
            refused = replace(asked, refused=error.why, left=error.left)
            foreseen = None if error.why is Obstacle.AWAITED else rescoring.foresee(visitor, chosen)
            return _page(door, rules, rescoring, refused, foreseen), status_of(error)
        if done:
            return redirect(url_for("schemes.scheme", course=course), code=303)
        stale = replace(asked, refused=Obstacle.STALE)
        return _page(door, rules, rescoring, stale, rescoring.foresee(visitor, chosen)), Conflict.code

    return pages


def _asked() -> Asked:
    """A file comes before what was pasted."""
    file = request.files.get("file")
    text = request.form.get("text", "")
    if file is not None and file.filename:
        text = file.read().decode("utf-8-sig", errors="replace")
    return Asked(
        choice=request.form.get("choice", ""), text=text.strip(), reason=request.form.get("reason", "")
    )


def _chosen(rescoring: Rescoring, asked: Asked) -> SchemeOffer:
    """Raises SchemeMistakes, and BadRequest where nothing is chosen that is offered."""
    if asked.choice == OWN:
        return rescoring.written(current_visitor(), asked.text)
    for one in rescoring.offered(current_visitor()):
        if one.key == asked.choice:
            return one
    raise BadRequest


def _page(
    door: Door, rules: CourseRules, rescoring: Rescoring, asked: Asked, foreseen: Foreseen | None = None
) -> str:
    voice = current_voice()
    roles = {role.value: voice.say(f"roles.{role.value}") for role in Role}
    return render_template(
        "rescore.html",
        view=Consultant(door.store, rules).view(current_visitor()),
        scheme=rules.scheme,
        offers=rescoring.offered(current_visitor()),
        own=OWN,
        asked=asked,
        page=None
        if foreseen is None
        else rescore_page(foreseen, rules.scheme, language=voice.language, roles=roles),
    )

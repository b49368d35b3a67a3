"""Cases: the list for whoever decides, one case with two works side by side, and the steps people take."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.errors import CannotBeDecided, StepRefused
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.proceeding import plainly
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Clock
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.deciding.effect_page import card_shifts
from lms_scoring.web.door import Door
from lms_scoring.web.page_number import page_asked

_PATH = "/courses/<course>/cases"


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/cases` (`all=1`: the done too; `family=`; `page=`), `…/cases/<number>`."""
    pages, views = Blueprint("cases", __name__), _Views(door=door, clock=clock)
    pages.get(_PATH)(views.listed)
    pages.get(f"{_PATH}/<int:number>")(views.case)
    pages.post(f"{_PATH}/<int:number>")(views.act)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    door: Door
    clock: Clock

    def listed(self, course: str) -> str:
        everything = request.args.get("all") == "1"
        family = next((one for one in Family if one.value == request.args.get("family")), None)
        shown = self._desk(course).listed(
            current_visitor(), waiting=not everything, family=family, page=page_asked()
        )
        return render_template(
            "cases.html",
            view=shown.view,
            shown=shown,
            waiting=shown.waiting,
            everything=everything,
            zone=self.door.rules(course).zone,
        )

    def case(self, course: str, number: int) -> str:
        return self._page(course, number)

    def act(self, course: str, number: int) -> Response | tuple[str, int]:
        visitor, words = current_visitor(), request.form.get("words", "")
        desk = self._desk(course)
        desk.opened(visitor, number)
        try:
            match request.form.get("do"):
                case "dismiss":
                    desk.decide(visitor, number, Outcome.DISMISSED, words, alike=_alike())
                case "void":
                    desk.decide(visitor, number, Outcome.VOIDED, words, alike=_alike())
                case "object":
                    desk.object(visitor, number, words)
                case "confirm":
                    desk.settle(visitor, number, Outcome.VOIDED, words)
                case "reverse":
                    desk.settle(visitor, number, Outcome.DISMISSED, words)
                case _:
                    raise BadRequest
        except StepRefused as error:
            refused = f"case.refused_{error.why}"
            return self._page(course, number, refused=refused, words=words), status_of(error)
        except CannotBeDecided as error:
            return self._page(course, number, refused=_refusal(error), words=words), status_of(error)
        return redirect(url_for("cases.case", course=course, number=number), code=303)

    def _page(self, course: str, number: int, *, refused: str | None = None, words: str = "") -> str:
        weighed = self._desk(course).weighed(current_visitor(), number)
        opened, scheme = weighed.opened, self.door.rules(course).scheme
        return render_template(
            "case.html",
            opened=opened,
            weighed=weighed,
            alone=card_shifts(weighed.alone.shifts, opened.view, scheme, weighed.names),
            with_alike=card_shifts(weighed.with_alike.shifts, opened.view, scheme, weighed.names),
            view=opened.view,
            zone=self.door.rules(course).zone,
            refused=refused,
            words=words,
            length=len(plainly(words)),
        )

    def _desk(self, course: str) -> CaseDesk:
        return CaseDesk(self.door.store, self.door.rules(course), clock=self.clock)


def _refusal(error: CannotBeDecided) -> str:
    """The sentence for it: of several cases no page says "this homework"."""
    among_others = error.why is Obstacle.OWN_DUTY and _alike()
    return "case.unmarked_among_them" if among_others else f"obstacle.{error.why}"


def _alike() -> list[int]:
    """The other cases that the form was ticked for: those that stood there, and no later ones."""
    try:
        return [int(number) for number in request.form.get("alike", "").split(",") if number]
    except ValueError as error:
        raise BadRequest from error

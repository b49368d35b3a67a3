"""Cases: the list for whoever decides, one case with two works side by side, and the steps people take."""

from __future__ import annotations

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


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/cases` (`all=1`: the done too; `family=`; `page=`), `…/cases/<number>`."""
    pages = Blueprint("cases", __name__)

    def desk(course: str) -> CaseDesk:
        return CaseDesk(door.store, door.rules(course), clock=clock)

    def page(course: str, number: int, *, refused: str | None = None, words: str = "") -> str:
        weighed = desk(course).weighed(current_visitor(), number)
        opened, scheme = weighed.opened, door.rules(course).scheme
        with door.store.reading() as transaction:
            shifts = (*weighed.alone.shifts, *weighed.with_alike.shifts)
            names = transaction.names({shift.after.person for shift in shifts})
        return render_template(
            "case.html",
            opened=opened,
            weighed=weighed,
            alone=card_shifts(weighed.alone.shifts, opened.view, scheme, names),
            with_alike=card_shifts(weighed.with_alike.shifts, opened.view, scheme, names),
            view=opened.view,
            zone=door.rules(course).zone,
            refused=refused,
            words=words,
            length=len(plainly(words)),
        )

    @pages.get("/courses/<course>/cases")
    def listed(course: str) -> str:
        everything = request.args.get("all") == "1"
        family = next((one for one in Family if one.value == request.args.get("family")), None)
        shown = desk(course).listed(
            current_visitor(), waiting=not everything, family=family, page=page_asked()
        )
        return render_template(
            "cases.html",
            view=shown.view,
            shown=shown,
            waiting=shown.waiting,
            everything=everything,
            zone=door.rules(course).zone,
        )

    @pages.get("/courses/<course>/cases/<int:number>")
    def case(course: str, number: int) -> str:
        return page(course, number)

    @pages.post("/courses/<course>/cases/<int:number>")
    def act(course: str, number: int) -> Response | tuple[str, int]:
        visitor, words = current_visitor(), request.form.get("words", "")
        at = desk(course)
        at.opened(visitor, number)
        try:
            match request.form.get("do"):
                case "dismiss":
                    at.decide(visitor, number, Outcome.DISMISSED, words, alike=_alike())
                case "void":
                    at.decide(visitor, number, Outcome.VOIDED, words, alike=_alike())
                case "object":
                    at.object(visitor, number, words)
                case "confirm":
                    at.settle(visitor, number, Outcome.VOIDED, words)
                case "reverse":
                    at.settle(visitor, number, Outcome.DISMISSED, words)
                case _:
                    raise BadRequest
        except StepRefused as error:
            return page(course, number, refused=f"case.refused_{error.why}", words=words), status_of(error)
        except CannotBeDecided as error:
            return page(course, number, refused=_refusal(error), words=words), status_of(error)
        return redirect(url_for("cases.case", course=course, number=number), code=303)

    return pages


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

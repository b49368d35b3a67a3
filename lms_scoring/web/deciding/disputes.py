"""Disputes: contesting a point of the own card, the list for whoever answers, and what was said so far."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.proceedings.proceeding import plainly
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Clock
from lms_scoring.services.access.seeing import check_part
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.deciding.told_disputes import OpenedDispute
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.card.contested import about_in, asked_of
from lms_scoring.web.card.decided import asked_of as decision_about
from lms_scoring.web.card.decided import decidable, owner_of_finding
from lms_scoring.web.door import Door
from lms_scoring.web.page_number import page_asked

_PATH = "/courses/<course>/disputes"


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/disputes` (`all=1`: answered ones too; `page=`), `…/<number>`; and `…/new`,
    where `role`, `class`, `criterion`, `kind` and `id` say what of the visitor's own card is contested."""
    pages, views = Blueprint("disputes", __name__), _Views(door=door, clock=clock)
    pages.get(_PATH)(views.listed)
    pages.get(f"{_PATH}/new")(views.offer)
    pages.post(f"{_PATH}/new")(views.contest)
    pages.get(f"{_PATH}/<int:number>")(views.dispute)
    pages.post(f"{_PATH}/<int:number>")(views.act)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    door: Door
    clock: Clock

    def listed(self, course: str) -> str:
        everything = request.args.get("all") == "1"
        found = self._desk(course).listed(current_visitor(), waiting=not everything, page=page_asked())
        return render_template(
            "disputes.html",
            view=found.view,
            shown=found,
            waiting=found.waiting,
            everything=everything,
            zone=self.door.rules(course).zone,
        )

    def offer(self, course: str) -> str:
        return self._form(course, self._asked(course, request.args.to_dict()))

    def contest(self, course: str) -> Response | tuple[str, int]:
        about, words = self._asked(course, request.form.to_dict()), request.form.get("words", "")
        try:
            number = self._desk(course).raise_(current_visitor(), about, words)
        except StepRefused as error:
            return self._form(course, about, refused=error.why, words=words), status_of(error)
        return redirect(url_for("disputes.dispute", course=course, number=number), code=303)

    def dispute(self, course: str, number: int) -> str:
        return self._page(course, number)

    def act(self, course: str, number: int) -> Response | tuple[str, int]:
        visitor, words = current_visitor(), request.form.get("words", "")
        desk = self._desk(course)
        desk.opened(visitor, number)
        try:
            match request.form.get("do"):
                case "keep":
                    desk.answer(visitor, number, Outcome.KEPT, words)
                case "change":
                    desk.answer(visitor, number, Outcome.CHANGED, words)
                case "ask_again":
                    desk.ask_again(visitor, number, words)
                case "withdraw":
                    desk.withdraw(visitor, number)
                case _:
                    raise BadRequest
        except StepRefused as error:
            return self._page(course, number, refused=error.why, words=words), status_of(error)
        return redirect(url_for("disputes.dispute", course=course, number=number), code=303)

    def _asked(self, course: str, fields: dict[str, str]) -> Contested:
        check_part(self.door.store, course, current_visitor())
        about = about_in(fields)
        if about is None:
            raise BadRequest
        return about

    def _form(self, course: str, about: Contested, *, refused: str | None = None, words: str = "") -> str:
        offer = self._desk(course).offered(current_visitor(), about)
        return render_template(
            "dispute_new.html",
            offer=offer,
            view=offer.view,
            asked=asked_of(about),
            zone=self.door.rules(course).zone,
            refused=refused,
            words=words,
            length=len(plainly(words)),
        )

    def _page(self, course: str, number: int, *, refused: str | None = None, words: str = "") -> str:
        opened = self._desk(course).opened(current_visitor(), number)
        return render_template(
            "dispute.html",
            opened=opened,
            view=opened.view,
            to_decide=_to_decide(opened),
            zone=self.door.rules(course).zone,
            refused=refused,
            words=words,
            length=len(plainly(words)),
        )

    def _desk(self, course: str) -> DisputeDesk:
        return DisputeDesk(self.door.store, self.door.rules(course), clock=self.clock)


def _to_decide(opened: OpenedDispute) -> dict[str, str] | None:
    """Where the reader decides about what is contested, as parts of an address; None: nowhere."""
    line, dispute = opened.line, opened.told.dispute
    if not opened.may_decide or line is None:
        return None
    if dispute.record is None:
        return {"person": dispute.person, "criterion": dispute.criterion}
    target = None if line.finding is None else decidable(line.finding, dispute.criterion)
    if line.finding is None or target is None:
        return None
    return {"person": owner_of_finding(line.finding, dispute.person), **decision_about(target)}

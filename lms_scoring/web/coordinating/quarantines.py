"""What a course's syncs could not use, and what vanished all at once: looked at, replayed, signed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided, OutOfQuarantine
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock, Sources
from lms_scoring.services.signing import Signature, author_of, signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from lms_scoring.services.syncing.quarantine_desk import QuarantineDesk
from lms_scoring.services.syncing.replay import Replayed
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.door import Door

Shown = str | tuple[str, int]


def blueprint(door: Door, sources: Sources | None, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/quarantine` and `/courses/<course>/losses/<number>`."""
    pages, views = Blueprint("quarantines", __name__), _Views(door=door, sources=sources, clock=clock)
    pages.get("/courses/<course>/quarantine")(views.offer)
    pages.get("/courses/<course>/quarantine/<int:number>")(views.record)
    pages.post("/courses/<course>/quarantine/<int:number>")(views.act)
    pages.get("/courses/<course>/losses/<int:number>")(views.loss)
    pages.post("/courses/<course>/losses/<int:number>")(views.say)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    door: Door
    sources: Sources | None
    clock: Clock

    def offer(self, course: str) -> str:
        visitor = current_visitor()
        page = self._records(course).list_(visitor)
        return render_template(
            "quarantine.html",
            view=page.view,
            page=page,
            held=self._losses(course).held(visitor),
            titles=page.titles,
            zone=self.door.rules(course).zone,
        )

    def record(self, course: str, number: int) -> str:
        return self._record(course, number)

    def act(self, course: str, number: int) -> Response | Shown:
        """Replays it, or drops it for a reason."""
        desk, visitor = self._records(course), current_visitor()
        try:
            if request.form.get("do") == "replay":
                return self._record(course, number, replayed=desk.replay(visitor, [number]))
            desk.drop(visitor, number, _signed())
        except CannotBeDecided as error:
            return self._record(course, number, refused=error.why), status_of(error)
        except OutOfQuarantine as error:
            return self._record(course, number, is_over=True), status_of(error)
        return redirect(url_for("quarantines.record", course=course, number=number), code=303)

    def loss(self, course: str, number: int) -> str:
        return self._loss(course, number)

    def say(self, course: str, number: int) -> Response | Shown:
        """Signs that it was really deleted, or that it was not."""
        desk, visitor = self._losses(course), current_visitor()
        desk.opened(visitor, number)
        sign = desk.confirm if request.form.get("do") == "confirm" else desk.refuse
        try:
            sign(visitor, number, _signed(), seen=request.form.get("seen", ""))
        except CannotBeDecided as error:
            return self._loss(course, number, refused=error.why), status_of(error)
        return redirect(url_for("quarantines.offer", course=course), code=303)

    def _record(
        self,
        course: str,
        number: int,
        *,
        replayed: Replayed | None = None,
        refused: Obstacle | None = None,
        is_over: bool = False,
    ) -> str:
        """`is_over` says that it waited for something when the form was made, and waits no more."""
        opened = self._records(course).opened(current_visitor(), number)
        return render_template(
            "quarantine_record.html",
            view=opened.view,
            opened=opened,
            one=opened.one,
            text=opened.one.aside.text.decode(errors="replace"),
            replayed=replayed,
            is_over=is_over,
            zone=self.door.rules(course).zone,
            refused=refused,
            reason=request.form.get("reason", ""),
        )

    def _loss(self, course: str, number: int, *, refused: Obstacle | None = None) -> str:
        opened = self._losses(course).opened(current_visitor(), number)
        return render_template(
            "held_loss.html",
            view=opened.view,
            held=opened.held,
            title=opened.title,
            zone=self.door.rules(course).zone,
            refused=refused,
            reason=request.form.get("reason", ""),
        )

    def _records(self, course: str) -> QuarantineDesk:
        reader_of = (lambda *_: None) if self.sources is None else self.sources.text_reader
        return QuarantineDesk(self.door.store, self.door.rules(course), reader_of, clock=self.clock)

    def _losses(self, course: str) -> LossesDesk:
        return LossesDesk(self.door.store, self.door.rules(course), clock=self.clock)


def _signed() -> Signature:
    """Raises CannotBeDecided."""
    return signature(author_of(current_visitor()), request.form.get("reason", ""))

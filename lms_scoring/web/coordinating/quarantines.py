"""What a course's syncs could not use, and what vanished all at once: looked at, replayed, signed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided, NoSuchLoss, OutOfQuarantine
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock, HeldLoss, Quarantined, Sources
from lms_scoring.services.access.seeing import View, view_of
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, author_of, signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from lms_scoring.services.syncing.quarantine_desk import QuarantineDesk
from lms_scoring.services.syncing.replay import OPEN, Replayed
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.door import Door

Shown = str | tuple[str, int]


def blueprint(door: Door, sources: Sources | None, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/quarantine` and `/courses/<course>/losses/<number>`."""
    pages = Blueprint("quarantines", __name__)

    def records(rules: CourseRules) -> QuarantineDesk:
        reader_of = (lambda *_: None) if sources is None else sources.text_reader
        return QuarantineDesk(door.store, rules, reader_of, clock=clock)

    def losses(rules: CourseRules) -> LossesDesk:
        return LossesDesk(door.store, rules, clock=clock)

    def listed(rules: CourseRules) -> str:
        visitor = current_visitor()
        page = records(rules).list_(visitor)
        held = losses(rules).held(visitor)
        return render_template(
            "quarantine.html",
            view=_view(door, rules),
            page=page,
            held=held,
            titles=_titles(door, rules),
            zone=rules.zone,
        )

    @pages.get("/courses/<course>/quarantine")
    def offer(course: str) -> str:
        return listed(door.rules(course))

    @pages.get("/courses/<course>/quarantine/<int:number>")
    def record(course: str, number: int) -> str:
        rules = door.rules(course)
        return _record(door, rules, records(rules).one(current_visitor(), number))

    @pages.post("/courses/<course>/quarantine/<int:number>")
    def act(course: str, number: int) -> Response | Shown:
        """Replays it, or drops it for a reason."""
        rules, visitor = door.rules(course), current_visitor()
        desk = records(rules)
        one = desk.one(visitor, number)
        try:
            if request.form.get("do") == "replay":
                return _record(door, rules, one, replayed=desk.replay(visitor, [number]))
            desk.drop(visitor, number, _signed())
        except CannotBeDecided as error:
            return _record(door, rules, one, refused=error.why), status_of(error)
        except OutOfQuarantine as error:
            return _record(door, rules, one, is_over=True), status_of(error)
        return redirect(url_for("quarantines.record", course=course, number=number), code=303)

    @pages.get("/courses/<course>/losses/<int:number>")
    def loss(course: str, number: int) -> str:
        rules = door.rules(course)
        return _loss(door, rules, _one_of(losses(rules), number))

    @pages.post("/courses/<course>/losses/<int:number>")
    def say(course: str, number: int) -> Response | Shown:
        """Signs that it was really deleted, or that it was not."""
        rules, visitor = door.rules(course), current_visitor()
        desk = losses(rules)
        _one_of(desk, number)
        sign = desk.confirm if request.form.get("do") == "confirm" else desk.refuse
        try:
            sign(visitor, number, _signed(), seen=request.form.get("seen", ""))
        except CannotBeDecided as error:
            return _loss(door, rules, _one_of(desk, number), refused=error.why), status_of(error)
        return redirect(url_for("quarantines.offer", course=course), code=303)

    return pages


def _one_of(desk: LossesDesk, number: int) -> HeldLoss:
    """Raises NoSuchLoss for one of another course, as for one that never was."""
    for held in desk.held(current_visitor()):
        if held.number == number:
            return held
    raise NoSuchLoss(f"no loss {number} of this course is held")


def _signed() -> Signature:
    """Raises CannotBeDecided."""
    return signature(author_of(current_visitor()), request.form.get("reason", ""))


def _view(door: Door, rules: CourseRules) -> View:
    with door.store.reading() as transaction:
        return view_of(transaction, rules.course, current_visitor())


def _titles(door: Door, rules: CourseRules) -> Mapping[tuple[str, str], str]:
    """Of the course's activities, by their source and id."""
    with door.store.reading() as transaction:
        return {(source, one.id): one.name for source, one in transaction.activities(rules.course)}


def _record(
    door: Door,
    rules: CourseRules,
    one: Quarantined,
    *,
    replayed: Replayed | None = None,
    refused: Obstacle | None = None,
    is_over: bool = False,
) -> str:
    """`is_over` says that it waited for something when the form was made, and waits no more."""
    with door.store.reading() as transaction:
        now = transaction.in_quarantine(one.number)
        act = next((act for act in transaction.acts() if act.number == now.act), None)
        names = {} if act is None else transaction.names({act.by})
    return render_template(
        "quarantine_record.html",
        view=_view(door, rules),
        one=now,
        title=_titles(door, rules).get((now.source, now.aside.place)),
        is_open=now.state in OPEN,
        text=now.aside.text.decode(errors="replace"),
        replayed=replayed,
        is_over=is_over,
        act=act,
        names=names,
        zone=rules.zone,
        refused=refused,
        reason=request.form.get("reason", ""),
    )


def _loss(door: Door, rules: CourseRules, held: HeldLoss, *, refused: Obstacle | None = None) -> str:
    return render_template(
        "held_loss.html",
        view=_view(door, rules),
        held=held,
        title=_titles(door, rules).get((held.source, held.scope.activity or "")),
        zone=rules.zone,
        refused=refused,
        reason=request.form.get("reason", ""),
    )

"""The page of roles that only we know, for administrators of the whole installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import COORDINATOR, Clock, Grant, Store
from lms_scoring.services.access.find_person import sought
from lms_scoring.services.access.roles import ROLES, grant_role, granted, revoke_role
from lms_scoring.services.signing import author_of, signature
from lms_scoring.web.access.administration import close_to_others
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of

UTC = ZoneInfo("UTC")
"""The installation has no zone of its own; its courses have."""


class Wrong(StrEnum):
    """What is wrong with what was typed."""

    NOBODY = "nobody"
    SEVERAL = "several"
    """A name is no identity: who is meant must be chosen."""
    HAS_IT = "has_it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed, what is wrong with it or stands in its way, and who could be meant by it."""

    person: str = ""
    role: str = COORDINATOR
    course: str = ""
    reason: str = ""
    wrong: Wrong | None = None
    refused: Obstacle | None = None
    taken: Grant | None = None
    """The role that was to be taken back."""
    people: Sequence[KnownPerson] = ()


def blueprint(store: Store, *, clock: Clock) -> Blueprint:
    """`/administration/roles`, and `…/revoke`."""
    pages = Blueprint("roles", __name__, url_prefix="/administration/roles")
    close_to_others(pages, store)

    @pages.get("")
    def page() -> str:
        return _page(store, Form())

    @pages.post("")
    def grant() -> Response | tuple[str, int]:
        """Gives a role to who is named exactly; a part of a name brings up those who could be meant."""
        typed = _typed()
        found = sought(store, typed.person)
        if found.chosen is None:
            wrong = Wrong.SEVERAL if found.people else Wrong.NOBODY
            return _refused(store, typed, wrong, found.people)
        try:
            signed = signature(author_of(current_visitor()), typed.reason)
        except CannotBeDecided as error:
            return _page(store, replace(typed, refused=error.why)), status_of(error)
        wanted = Grant(person=found.chosen.id, role=typed.role, course=typed.course or None)
        if not grant_role(wanted, signed, store, clock=clock):
            return _refused(store, typed, Wrong.HAS_IT)
        return redirect(url_for("roles.page", _anchor="granted"), code=303)

    @pages.post("/revoke")
    def revoke() -> Response | tuple[str, int]:
        typed = _typed()
        taken = Grant(person=typed.person, role=typed.role, course=typed.course or None)
        try:
            signed = signature(author_of(current_visitor()), typed.reason)
            revoke_role(taken, signed, store, clock=clock)
        except CannotBeDecided as error:
            return _page(store, Form(taken=taken, refused=error.why)), status_of(error)
        return redirect(url_for("roles.page"), code=303)

    return pages


def _typed() -> Form:
    given = {name: request.form.get(name, "").strip() for name in ("person", "role", "course", "reason")}
    if given["role"] not in ROLES:
        raise BadRequest
    return Form(person=given["person"], role=given["role"], course=given["course"], reason=given["reason"])


def _refused(store: Store, typed: Form, wrong: Wrong, people: Sequence[KnownPerson] = ()) -> tuple[str, int]:
    form = replace(typed, wrong=wrong, people=people)
    return _page(store, form), BadRequest.code


def _page(store: Store, form: Form) -> str:
    with store.reading() as transaction:
        courses = {course.id: course.title for course in transaction.courses()}
    return render_template(
        "roles.html",
        granted=granted(store),
        courses=courses,
        roles=ROLES,
        form=form,
        own=current_visitor().person,
        zone=UTC,
    )

"""Whose accounts are that no roster names: joined to people by hand, and parted again; for coordinators."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock
from lms_scoring.services.access.find_person import sought
from lms_scoring.services.access.seeing import View, whole_view
from lms_scoring.services.deciding.identities import accounts_of, join, one_account, part
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of, signature
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.coordinating.account_page import Form, Wrong, account_shown
from lms_scoring.web.door import Door
from lms_scoring.web.page_number import page_asked

Answer = Response | str | tuple[str, int]


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/sync/accounts` (`page=`), and behind it each by its key: addresses name nobody."""
    pages = Blueprint("identities", __name__, url_prefix="/courses/<course>/sync/accounts")

    @pages.get("")
    def listed(course: str) -> str:
        rules = door.rules(course)
        return _list(door, rules, _view(door, rules))

    @pages.get("/<key>")
    def account(course: str, key: str) -> str:
        """Somebody whose id stands behind the question mark is meant, as far as one person has it."""
        rules = door.rules(course)
        view = _view(door, rules)
        return _account(
            door, rules, view, key, _meant(door, rules, Form(person=request.args.get("person", "")))
        )

    @pages.post("/<key>")
    def act(course: str, key: str) -> Answer:
        """Joins it to who is named exactly, or undoes that; both want a reason."""
        rules = door.rules(course)
        view = _view(door, rules)
        typed = Form(person=request.form.get("person", "").strip(), reason=request.form.get("reason", ""))
        undoes = request.form.get("do") == "undo"
        form = typed if undoes else _meant(door, rules, typed)
        if not undoes and form.chosen is None:
            wrong = Wrong.SEVERAL if form.people else Wrong.NOBODY
            return _account(door, rules, view, key, replace(form, wrong=wrong)), BadRequest.code
        try:
            signed = signature(author_of(current_visitor()), typed.reason)
            if form.chosen is None:
                part(rules, key, signed, door.store, clock=clock, act=request.form.get("act", -1, type=int))
            else:
                join(rules, key, form.chosen.id, signed, door.store, clock=clock)
        except CannotBeDecided as error:
            if error.why.is_of_the_reason or error.why is Obstacle.OWN_ACCOUNT:
                page = _account(door, rules, view, key, replace(form, refused=error.why))
            else:
                page = _list(door, rules, view, refused=error.why)
            return page, status_of(error)
        return redirect(url_for("identities.listed", course=course), code=303)

    return pages


def _view(door: Door, rules: CourseRules) -> View:
    refusal = "accounts are joined by coordinators and administrators"
    with door.store.reading() as transaction:
        return whole_view(transaction, rules.course, current_visitor(), refusal=refusal)


def _meant(door: Door, rules: CourseRules, typed: Form) -> Form:
    """With the one person of the course who is named exactly, or else those who could be meant."""
    found = sought(door.store, typed.person, course=rules.course)
    return replace(typed, chosen=found.chosen, people=found.people)


def _list(door: Door, rules: CourseRules, view: View, *, refused: Obstacle | None = None) -> str:
    found = accounts_of(rules, door.store, page=page_asked())
    return render_template(
        "identities.html",
        view=view,
        found=found,
        shown=account_shown,
        zone=rules.zone,
        refused=refused,
    )


def _account(door: Door, rules: CourseRules, view: View, key: str, form: Form) -> str:
    """Raises NotFound for an account that is neither nobody's nor joined by hand here."""
    found = one_account(rules, door.store, key)
    if found is None:
        raise NotFound
    return render_template(
        "identity.html",
        view=view,
        key=key,
        stray=found.stray,
        joined=found.joined,
        names=found.names,
        shown=account_shown,
        form=form,
        own=current_visitor().person,
        zone=rules.zone,
    )

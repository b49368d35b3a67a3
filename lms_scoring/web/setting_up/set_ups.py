"""Setting a course up in the browser, for a platform's administrator; anybody else is told whom to ask.

Everything goes over plain forms: what was chosen first stands in the addresses of the pages that follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import NotAllowed, SetUpAlready
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.scheme_sentences import scheme_sentences
from lms_scoring.ports import Store, Visitor
from lms_scoring.services.setting_up.new_course import Choice, GoesOn, Listed, Preview
from lms_scoring.services.setting_up.set_up import SetUp, may_claim
from lms_scoring.web.access.sessions import current_session, current_visitor, move_cookie
from lms_scoring.web.answers import status_of
from lms_scoring.web.launch.launcher import IDLE, LASTS
from lms_scoring.web.setting_up.set_up_page import (
    Asked,
    Decided,
    choice_of,
    decided,
    figures_of,
    name_of,
    options_of,
    proposed,
)

_PATH = "/lti/courses/<int:registration>/<path:context>/set-up"


def blueprint(store: Store, set_up: SetUp | None = None) -> Blueprint:
    """`/lti/courses/<registration>/<context>/set-up`, and `…/set-up/activities`.

    Without `set_up` every course waits until somebody here writes its file.
    """
    pages, views = Blueprint("set_ups", __name__), _Views(store=store, set_up=set_up)
    pages.register_error_handler(SetUpAlready, _taken)
    pages.get(_PATH, merge_slashes=False)(views.offer)
    pages.post(_PATH, merge_slashes=False)(views.choose)
    pages.get(f"{_PATH}/activities", merge_slashes=False)(views.activities)
    pages.post(f"{_PATH}/activities", merge_slashes=False)(views.bind)
    pages.get("/lti/no-course")(views.no_course)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    store: Store
    set_up: SetUp | None

    def offer(self, registration: int, context: str) -> str | Response:
        visitor = _launched_from(registration, context)
        ours = self._course_of(registration, context)
        if ours is not None:
            return redirect(url_for("home.start", course=ours), code=303)
        if self.set_up is None or not may_claim(visitor):
            return render_template("set_up_not_yet.html")
        return _form(self.set_up, visitor)

    def choose(self, registration: int, context: str) -> Response | tuple[str, int]:
        """Chooses a scheme and what to read, and has it read."""
        visitor = _launched_from(registration, context)
        offered_by = self._open()
        asked, choice = choice_of(request.form, offered_by.offered(visitor))
        if choice is None:
            return _form(offered_by, visitor, asked), BadRequest.code
        offered_by.read(visitor, choice)
        return redirect(_activities_address(asked), code=303)

    def activities(self, registration: int, context: str) -> str | Response:
        """What was read, to be bound; or how far the reading is."""
        visitor = _launched_from(registration, context)
        ours = self._course_of(registration, context)
        if ours is not None:
            return redirect(url_for("home.start", course=ours), code=303)
        offered_by = self._open()
        asked, choice = choice_of(request.args, offered_by.offered(visitor))
        if choice is None:
            return redirect(_offer_address(), code=303)
        listed = offered_by.listed(visitor, choice)
        if not listed.is_read:
            return _reading(listed, asked, choice)
        return _bindings(listed, asked, choice, Decided(chosen=listed.proposed))

    def bind(self, registration: int, context: str) -> str | Response | tuple[str, int]:
        """Shows the first scores with what was chosen, or adopts it."""
        visitor = _launched_from(registration, context)
        offered_by = self._open()
        asked, choice = choice_of(request.args, offered_by.offered(visitor))
        if choice is None:
            return redirect(_offer_address(), code=303)
        listed = offered_by.listed(visitor, choice)
        if not listed.is_read:
            return redirect(_activities_address(asked), code=303)
        found = decided(request.form, listed.lines, choice.scheme)
        if found.faults:
            return _bindings(listed, asked, choice, found), BadRequest.code
        if request.form.get("do") == "adopt" and request.form.get("seen") == found.mark:
            return _adopted(offered_by, visitor, choice, found)
        preview = offered_by.preview(visitor, choice, found.chosen)
        return _bindings(listed, asked, choice, found, preview)

    def no_course(self) -> str:
        return render_template("set_up_no_course.html")

    def _open(self) -> SetUp:
        if self.set_up is None:
            raise NotAllowed("courses are not set up in the browser here")
        return self.set_up

    def _course_of(self, registration: int, context: str) -> str | None:
        with self.store.reading() as transaction:
            place = transaction.platform_course(registration, context)
        return None if place is None else place.course


def _taken(error: SetUpAlready) -> tuple[str, int]:
    return render_template("set_up_taken.html"), status_of(error)


def _adopted(set_up: SetUp, visitor: Visitor, choice: Choice, found: Decided) -> Response:
    session = current_session()
    if session is None:
        raise Unauthorized
    goes_on = GoesOn(digest=session.digest, lasts=LASTS, idle=IDLE)
    there = set_up.adopt(visitor, choice, found.chosen, session=goes_on)
    course = None if there.launched is None else there.launched.course
    response = redirect(url_for("home.start", course=course), code=303)
    move_cookie(response, session, there, seconds=LASTS // SECOND)
    return response


def _form(set_up: SetUp, visitor: Visitor, asked: Asked | None = None) -> str:
    offered = set_up.offered(visitor)
    return render_template(
        "set_up.html",
        offered=offered,
        asked=proposed(offered) if asked is None else asked,
        sentences=scheme_sentences,
        address=_offer_address(),
    )


def _reading(listed: Listed, asked: Asked, choice: Choice) -> str:
    return render_template(
        "set_up_reading.html",
        listed=listed,
        asked=asked,
        address=_offer_address(),
        here=_activities_address(asked),
        zone=ZoneInfo(choice.scheme.scheme.window.zone),
    )


def _bindings(
    listed: Listed, asked: Asked, choice: Choice, found: Decided, preview: Preview | None = None
) -> str:
    return render_template(
        "set_up_activities.html",
        listed=listed,
        asked=asked,
        choice=choice,
        found=found,
        preview=preview,
        zone=ZoneInfo(choice.scheme.scheme.window.zone),
        figures=[] if preview is None else figures_of(preview),
        name_of=name_of,
        options={line.key: options_of(line, choice.scheme) for line in listed.lines},
        address=_activities_address(asked),
        back=_offer_address(),
    )


def _launched_from(registration: int, context: str) -> Visitor:
    """The visitor, whose launch must be one from that very course. Raises NotAllowed."""
    visitor = current_visitor()
    launched = visitor.launched
    if launched is None or (launched.registration, launched.context) != (registration, context):
        raise NotAllowed("that course was not opened from its platform")
    return visitor


def _offer_address() -> str:
    arguments = request.view_args or {}
    return url_for("set_ups.offer", registration=arguments["registration"], context=arguments["context"])


def _activities_address(asked: Asked) -> str:
    """The address of the second page; what was chosen on the first goes along."""
    return f"{_offer_address()}/activities?{urlencode(asked.query)}"

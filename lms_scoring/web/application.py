"""The application factory: everything the pages need comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, request
from jinja2 import StrictUndefined

from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.proceedings.dispute import MOST_WAITING
from lms_scoring.domain.proceedings.step import LONGEST_WORDS
from lms_scoring.exports.pdf.setter import setter
from lms_scoring.exports.pdf.typesetting import Typesetter
from lms_scoring.ports import ActivityKinds, Clock, Sources, Store
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeShelf
from lms_scoring.web import addresses, errors, guard, headers, home, languages, shown
from lms_scoring.web.access import administration, registrations, roles, sign_in
from lms_scoring.web.access.sessions import Sessions, form_token_here
from lms_scoring.web.api import described
from lms_scoring.web.api.keys import session_of_key
from lms_scoring.web.card import grades, people
from lms_scoring.web.coordinating import (
    closings,
    identities,
    overviews,
    quarantines,
    rescores,
    schemes,
    syncs,
)
from lms_scoring.web.deciding import cases, decisions, disputes
from lms_scoring.web.desk import desks
from lms_scoring.web.door import Door
from lms_scoring.web.launch import launches, registering
from lms_scoring.web.launch.launcher import Launcher
from lms_scoring.web.launch.launching import Launching
from lms_scoring.web.one_view import OneView
from lms_scoring.web.places import places
from lms_scoring.web.plain_request import PlainRequest
from lms_scoring.web.scoreboard import boards, downloads
from lms_scoring.web.scoreboard.refusals import Refusals
from lms_scoring.web.setting_up import course_settings, set_ups
from lms_scoring.web.template_calls import PlainCalls
from lms_scoring.web.watching import health, metrics, operations
from lms_scoring.web.wording import read_wording

_HERE = ("127.0.0.1", "localhost", "[::1]")
_LARGEST_FORM = 64 * 1024


def create_app(
    *,
    store: Store | OneView,
    courses: Callable[[], Mapping[str, CourseRules]],
    clock: Clock,
    public_url: str,
    language: str = "zh",
    launching: Launching | None = None,
    fonts: tuple[str, ...] = (),
    shelf: SchemeShelf | None = None,
    sources: Sources | None = None,
    activity_kinds: Mapping[str, ActivityKinds] | None = None,
    jobs_here: Callable[[], bool] | None = None,
    metrics_token: str | None = None,
) -> Flask:
    """The pages over a store. `courses` is asked at each request: course id to the rules it is scored by.
    Where it reads them in the request's view, the store is that view.

    `launching` is what launches need beside the store; without it platforms cannot launch us. `fonts` are
    what PDFs are set in before the usual ones: families, and folders with fonts. `shelf` has the schemes that
    a course may be scored by instead; without it no course takes on other rules here. `sources` are what
    courses are read from; without them nobody begins a sync here. `activity_kinds` are what platforms know
    of theirs, by the kind of source; without them no work leads to where it is marked, and nothing is said
    of what an activity could count as of which there is no evidence yet.

    `jobs_here` tells whether this process runs the jobs (None: it never does), `metrics_token` is what who
    reads the metrics shows; without one nobody reads them.

    `public_url` is where visitors reach them; over HTTPS the cookies are for HTTPS alone. `language` is
    that of visitors who have chosen none. Nothing is signed, so there is no key to keep: sessions are in
    the store.
    """
    ours = origin_of(public_url)
    secure = ours is not None and ours.scheme == "https"
    app = _Pages("lms_scoring.web")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    app.config["SESSION_COOKIE_SECURE"] = secure
    app.config["TRUSTED_HOSTS"] = [*(() if ours is None else (ours.host,)), *_HERE]
    view = store if isinstance(store, OneView) else OneView(store)
    store = view.store
    door = Door(store=view, courses=courses)
    _teach_templates(
        app,
        door,
        registers=launching is not None and launching.registrar is not None,
        rescores=shelf is not None,
    )
    addresses.install(app)
    view.install(app)
    sessions = Sessions(view, clock, secure=secure)
    languages.install(app, read_wording(), language=language)
    guard.install(app, sessions, of_key=lambda: session_of_key(store, clock))
    headers.install(app, secure=secure)
    errors.install(app)
    app.register_blueprint(health.blueprint(store, clock=clock, jobs_here=jobs_here))
    app.register_blueprint(metrics.blueprint(store, clock=clock, token=metrics_token))
    app.register_blueprint(sign_in.blueprint(sessions))
    refusals = Refusals(store, later=lambda work: setter().later(work))
    app.register_blueprint(downloads.blueprint(door, Typesetter(fonts=fonts), refusals, clock=clock))
    described.install(app, door, clock=clock)
    for pages in _pages_of_courses(door, sources, activity_kinds or {}, clock=clock):
        app.register_blueprint(pages)
    administration.install(app, view)
    app.register_blueprint(roles.blueprint(view, clock=clock))
    app.register_blueprint(operations.blueprint(view, clock=clock, jobs_here=jobs_here))
    if shelf is not None:
        app.register_blueprint(rescores.blueprint(door, shelf, clock=clock))
    if launching is not None:
        for pages in _pages_of_launches(launching, view, clock=clock, public_url=public_url):
            app.register_blueprint(pages)
    return app


def _teach_templates(app: Flask, door: Door, *, registers: bool, rescores: bool) -> None:
    """What every template knows; `registers` and `rescores` are whether there are pages for that here."""
    statics = app.static_url_path
    app.jinja_env.globals.update(
        longest_words=LONGEST_WORDS,
        most_waiting=MOST_WAITING,
        nonce=headers.nonce,
        form_token=form_token_here,
        places=places,
        zone_of=lambda view: door.rules(view.course.id).zone,
        registers=registers,
        rescores=rescores,
        shown_at=shown.shown_at,
        shown_in=shown.shown_in,
        came_from=shown.CAME_FROM,
        static=lambda file: f"{request.script_root}{statics}/{file}",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.context_class = PlainCalls
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _pages_of_courses(
    door: Door, sources: Sources | None, activity_kinds: Mapping[str, ActivityKinds], *, clock: Clock
) -> Iterator[Blueprint]:
    for plain in (home, boards, schemes):
        yield plain.blueprint(door)
    for timed in (people, grades, decisions, closings, cases, disputes, identities, overviews):
        yield timed.blueprint(door, clock=clock)
    for asking in (desks, course_settings):
        yield asking.blueprint(door, clock=clock, activity_kinds=activity_kinds)
    for reading in (syncs, quarantines):
        yield reading.blueprint(door, sources, clock=clock)


def _pages_of_launches(
    launching: Launching, view: OneView, *, clock: Clock, public_url: str
) -> Iterator[Blueprint]:
    launcher = Launcher(store=view, clock=clock, key_sets=launching.key_sets, public_url=public_url)
    yield launches.blueprint(launcher, own_keys=launching.own_keys)
    yield set_ups.blueprint(view, launching.set_up)
    if launching.registrar is not None and launching.register is not None:
        yield registrations.blueprint(launching.registrar, store=view, public_url=public_url)
        yield registering.blueprint(launching.registrar, register=launching.register)


class _Pages(Flask):
    """An application of which nothing is awaited: Flask asks that of each function that it calls."""

    request_class = PlainRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is."""
        return func

"""The application factory: everything the pages need comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import StrictUndefined

from lms_scoring.ports import Clock, Store
from lms_scoring.services.rules import CourseRules
from lms_scoring.web import boards, errors, guard, headers, health, home, languages, people, sign_in, syncs
from lms_scoring.web.door import Door
from lms_scoring.web.sessions import Sessions
from lms_scoring.web.wording import read_wording

_HERE = ("127.0.0.1", "localhost", "[::1]")
_LARGEST_FORM = 64 * 1024


def create_app(
    *,
    store: Store,
    courses: Callable[[], Mapping[str, CourseRules]],
    clock: Clock,
    public_url: str,
    language: str = "zh",
) -> Flask:
    """The pages over a store. `courses` is asked at each request: course id to the rules it is scored by.

    `public_url` is where visitors reach them; over HTTPS the cookies are for HTTPS alone. `language` is
    that of visitors who have chosen none. Nothing is signed, so there is no key to keep: sessions are in
    the store.
    """
    address = urlsplit(public_url)
    secure = address.scheme == "https"
    app = Flask("lms_scoring.web")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    app.config["TRUSTED_HOSTS"] = [str(address.hostname), *_HERE]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    sessions = Sessions(store, clock, secure=secure)
    door = Door(store=store, courses=courses)
    languages.install(app, read_wording(), language=language, secure=secure)
    guard.install(app, sessions)
    headers.install(app, secure=secure)
    errors.install(app)
    app.register_blueprint(health.blueprint(store))
    app.register_blueprint(sign_in.blueprint(sessions))
    for pages in (home, boards, people, syncs):
        app.register_blueprint(pages.blueprint(door))
    return app

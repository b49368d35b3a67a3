"""Where a page can be had once more, in a window of its own or in the other language.

A page that answers a form has no address: its own takes forms alone, or shows something else to who merely
asks. So each form says where it stands, for browsers tell nobody (`Referrer-Policy`).
"""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

from flask import current_app, g, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from lms_scoring.web.access.sessions import current_session

CAME_FROM = "came_from"
"""The field of a form in which it says that."""


def shown_at() -> str:
    """A path of ours with its query; where a form is answered, that of the page it came from. Found once for
    an answer, whose forms and links all say it."""
    if "shown_at" not in g:
        g.shown_at = _shown_at()
    found: str = g.shown_at
    return found


def _shown_at() -> str:
    here = f"{request.script_root}{request.path}"
    if request.method != "POST":
        query = request.query_string.decode("latin-1")
        return _address(quote(here), query) if own_path(here) else _start()
    asked = _came_from()
    if own_path(asked) and _view_of(asked) is not None:
        return asked
    view = _view_of(quote(here))  # some addresses of forms read like those of other pages that are not there
    is_page = own_path(here) and view is not None and view.partition(".")[0] == request.blueprint
    return quote(here) if is_page else _start()


def shown_in(language: str) -> str:
    """The same in that language."""
    if request.method != "POST":
        return "?" + urlencode({**request.args.to_dict(), "lang": language}, quote_via=quote)
    path, _, query = shown_at().partition("?")
    others = [one for one in query.split("&") if one and not one.startswith("lang=")]
    return _address(path, "&".join([*others, f"lang={language}"]))


def own_path(path: str) -> str | None:
    """A path of ours, and nothing that a browser could take for another host; None: it is neither."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fine and "\\" not in path else None


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _came_from() -> str:
    try:
        return request.form.get(CAME_FROM, "")
    except RequestEntityTooLarge:
        return ""  # the page that says so has a way back too


def _view_of(address: str) -> str | None:
    """What shows something there; None: nothing does."""
    path, adapter = unquote(address.partition("?")[0]), current_app.create_url_adapter(request)
    if adapter is None or not path.startswith(request.script_root):
        return None
    try:
        view, _ = adapter.match(path.removeprefix(request.script_root), method="GET")
    except HTTPException:
        return None
    return str(view)


def _start() -> str:
    """Where the visit began."""
    session = current_session()
    launched = None if session is None else session.visitor.launched
    if launched is None or launched.course is None:
        return url_for("home.home")
    return url_for("home.start", course=launched.course)

"""Launches: a platform's login, its launch form, and what becomes of them in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Gone, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from lms_scoring.domain.addresses import origin_of, origins_of
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.launch import Message
from lms_scoring.lti.keys import OwnKey, public_key_set
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import Visitor
from lms_scoring.services.access.admit import frames_of
from lms_scoring.web.access import launch_cookies
from lms_scoring.web.access.credentials import form_token
from lms_scoring.web.access.forgetting import forget_kept
from lms_scoring.web.access.frames import allow_frames
from lms_scoring.web.access.launch_cookies import STATE_LASTS, session_cookie, session_secrets, state_cookie
from lms_scoring.web.access.sessions import current_session, place_of
from lms_scoring.web.languages import speak_as_launched
from lms_scoring.web.launch import links
from lms_scoring.web.launch.launcher import LASTS, Begun, Believed, Launcher, Sent
from lms_scoring.web.launch.refusals import refused_page
from lms_scoring.web.shown import own_path

_POLITE = (Message.DATA_PRIVACY, Message.EULA)


def blueprint(launcher: Launcher, *, own_keys: Callable[[], Sequence[OwnKey]]) -> Blueprint:
    """`/lti/login`, `/lti/launch`, `/lti/confirm`, `/lti/open/<code>`, `/lti/code`, `/lti/jwks`."""
    pages = Blueprint("launches", __name__, url_prefix="/lti")
    views = _Views(launcher=launcher, own_keys=own_keys)
    pages.register_error_handler(LaunchRefused, refused_page)
    pages.route("/login", methods=["GET", "POST"])(views.login)
    pages.post("/launch")(views.launch)
    pages.post("/confirm")(views.confirm)
    pages.post("/code")(views.code)
    pages.get("/open/<code>")(views.open_code)
    pages.get("/jwks")(views.jwks)
    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address."""

    launcher: Launcher
    own_keys: Callable[[], Sequence[OwnKey]]

    def login(self) -> AnyResponse:
        """Where a platform sends a browser first (Security Framework 1.1, 5.1.1.1)."""
        sent = self.launcher.login(_once_each())
        response = _on_the_way(sent)
        launch_cookies.put(response, state_cookie(sent.state), sent.browser, seconds=STATE_LASTS)
        return response

    def launch(self) -> AnyResponse:
        """Where the platform's form arrives (5.1.1.3)."""
        believed = self.launcher.believe(_once_each(), lambda state: request.cookies.get(state_cookie(state)))
        response = self._answer(believed)
        launch_cookies.drop(response, state_cookie(request.form["state"]))
        return response

    def confirm(self) -> AnyResponse:
        """A browser without cookies shows what the platform's storage kept for it (LTI-CS-OIDC)."""
        released = self.launcher.release(
            request.form.get("code", ""), request.form.get("browser", ""), brought=session_secrets()
        )
        if released is None:
            raise LaunchRefused(Refusal.OTHER_BROWSER, "the platform's storage has not its secret")
        response = jsonify(
            bearer=released.secret, token=form_token(released.secret), address=_start(released.visitor)
        )
        _put_session(response, released)
        return response

    def code(self) -> Response:
        """A one-time code for a new window or a download, where no cookie of this frame goes along."""
        session = current_session()
        made = None if session is None else self.launcher.code_for(session)
        if made is None:
            raise Unauthorized
        return jsonify(code=made)

    def open_code(self, code: str) -> AnyResponse:
        """Opens a page of ours by a one-time code; `by=header`: its opener's frame keeps no cookie."""
        opened = self.launcher.exchange(code, brought=session_secrets())
        if opened is None:
            raise Gone
        address = own_path(request.args.get("to", "")) or _start(opened.visitor)
        by_header = request.args.get("by") == "header"
        response = _arriving(opened.secret, address) if by_header else redirect(address, code=303)
        _put_session(response, opened)
        return response

    def jwks(self) -> Response:
        """Our public keys, for platforms that check what we sign."""
        response = jsonify(public_key_set(self.own_keys()))
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    def _answer(self, believed: Believed) -> AnyResponse:
        launch = believed.launch
        allow_frames(frames_of(believed.registration))
        speak_as_launched(launch.locale)
        if launch.message in _POLITE:
            return make_response(render_template("launch_not_used.html"))
        if launch.deep_linking is not None:
            if not believed.bound:  # the answer is signed by us: it is for the author's own browser alone
                raise LaunchRefused(
                    Refusal.OTHER_BROWSER,
                    "links are placed only by a browser that has the cookie of its login",
                    again=believed.state.again,
                )
            return links.answer_page(
                believed, self.own_keys(), public_url=self.launcher.public_url, clock=self.launcher.clock
            )
        if not believed.bound:
            return make_response(_storage_page(believed, self.launcher.hold(believed)))
        begun = self.launcher.begin(believed, brought=session_secrets())
        response = redirect(_first_page(begun), code=303)
        _put_session(response, begun)
        return response


def _on_the_way(sent: Sent) -> AnyResponse:
    """To the platform at once, or first to its storage where it offers one."""
    if sent.storage is None:
        return redirect(sent.address)
    origin = origin_of(sent.address)
    allow_frames(origins_of(sent.address, sent.issuer))
    return make_response(
        render_template(
            "launch_keep.html", sent=sent, frame=sent.storage, origin=origin, key=_storage_key(sent.state)
        )
    )


def _storage_key(state: str) -> str:
    return f"state_{state}"


def _first_page(begun: Begun) -> str:
    """Straight to what a start would send the visitor on to, where that is known already."""
    launched = begun.visitor.launched
    if begun.only_learns and launched is not None and launched.for_subject is None:
        return url_for("people.person", course=launched.course, person=begun.visitor.person)
    return _start(begun.visitor)


def _storage_page(believed: Believed, code: str) -> str:
    return render_template(
        "launch_prove.html",
        code=code,
        frame=believed.state.storage,
        origin=origin_of(believed.registration.auth_url),
        key=_storage_key(request.form["state"]),
    )


def _arriving(secret: str, address: str) -> AnyResponse:
    """For a browser that may keep no cookie here either."""
    token = form_token(secret)
    page = render_template("launch_arrive.html", bearer=secret, token=token, address=address)
    return make_response(page)


def _put_session(response: AnyResponse, begun: Begun) -> None:
    """Nothing that the browser kept of somebody else is shown to the visitor, who may go back in it."""
    place = place_of(begun.visitor)
    launch_cookies.put(response, session_cookie(place), begun.secret, seconds=LASTS // SECOND)
    if begun.after_others:
        forget_kept()


def _start(visitor: Visitor) -> str:
    """Where somebody who was launched begins."""
    launched = visitor.launched
    if launched is None:
        return url_for("home.home")
    if not launched.context:
        return url_for("set_ups.no_course")
    if launched.course is None:
        return url_for("set_ups.offer", registration=launched.registration, context=launched.context)
    if launched.for_subject is not None:
        return url_for("home.review", course=launched.course)
    return url_for("home.start", course=launched.course)


def _once_each() -> dict[str, str]:
    """The parameters; whatever stands twice could be read either way."""
    values = request.form if request.method == "POST" else request.args
    if any(len(found) > 1 for _, found in values.lists()):
        raise BadRequest("parameter")
    return values.to_dict()

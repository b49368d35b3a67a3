"""Signing in by a one-time link, and signing out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.exceptions import Gone
from werkzeug.wrappers import Response

from lms_scoring.web.access.forgetting import forget_kept
from lms_scoring.web.access.frames import allow_frames, frame_ancestors
from lms_scoring.web.access.sessions import Sessions, current_visitor


def blueprint(sessions: Sessions) -> Blueprint:
    """`/sign-in/<code>` and `/sign-out`."""
    pages = Blueprint("sign_in", __name__)

    @pages.get("/sign-in/<code>")
    def offer(code: str) -> str:
        """A page with one button: chat programs fetch links to preview them, and must not use them up."""
        del code
        return render_template("sign_in.html")

    @pages.post("/sign-in/<code>")
    def use(code: str) -> Response:
        secret = sessions.exchange(code)
        if secret is None:
            raise Gone
        response = redirect(url_for("home.home"), code=303)
        sessions.hand_out(response, secret)
        return response

    @pages.post("/sign-out")
    def leave() -> Response:
        launched = current_visitor().launched is not None
        forget_kept()
        allow_frames(frame_ancestors().split())  # where the page stood, the last one stands too
        response = Response(mimetype="text/html")
        sessions.end(response)  # first: the page is that of nobody
        response.set_data(render_template("signed_out.html", launched=launched))
        return response

    return pages

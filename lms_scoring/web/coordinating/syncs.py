"""What the last syncs of a course read, could not read, and could not join; and having it read now."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.ports import Clock, Sources
from lms_scoring.services.syncing.next_sync import next_reading_told
from lms_scoring.services.syncing.quarantine_desk import open_in
from lms_scoring.services.syncing.read_now import ask_to_read
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.sync_progress import sync_progress
from lms_scoring.services.viewing.sync_report import sync_report_of
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.coordinating.sync_page import sync_page
from lms_scoring.web.door import Door


def blueprint(door: Door, sources: Sources | None, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/sync`, and behind it `/progress`: how far it is alone. Without `sources` nothing
    can be begun here."""
    pages = Blueprint("syncs", __name__)

    @pages.get("/courses/<course>/sync")
    def report(course: str) -> str:
        rules, visitor = door.rules(course), current_visitor()
        consultant = Consultant(door.store, rules)
        page = sync_page(sync_report_of(rules, door.store, visitor))
        with door.store.reading() as transaction:
            waiting, now = open_in(transaction, course), clock.now()
            unread = rules.window_reading.still_unread(transaction, course, now=now)
            next_reading = next_reading_told(transaction, rules, now=now)
        return render_template(
            "sync.html",
            view=consultant.view(visitor),
            page=page,
            waiting=waiting,
            unread=unread,
            next_sync=consultant.next_sync(now=now),
            next_reading=next_reading,
            may_begin=sources is not None,
            zone=rules.zone,
        )

    @pages.get("/courses/<course>/sync/progress")
    def progress(course: str) -> str:
        """For the script of the page, which has the same in its middle."""
        rules, visitor = door.rules(course), current_visitor()
        return render_template(
            "sync_progress.html",
            progress=sync_progress(door.store, course, visitor),
            next_sync=Consultant(door.store, rules).next_sync(now=clock.now()),
            course=course,
            zone=rules.zone,
        )

    if sources is not None:

        @pages.post("/courses/<course>/sync")
        def begin(course: str) -> Response:
            rules, full = door.rules(course), request.form.get("full") == "yes"
            ask_to_read(rules.course, door.store, sources, current_visitor(), clock=clock, full=full)
            return redirect(url_for("syncs.report", course=course, _anchor="next"), code=303)

    return pages

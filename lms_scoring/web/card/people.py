"""One person's status in a course, every point opened to its evidence."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lms_scoring.ports import Clock
from lms_scoring.services.viewing.whole_person import whole_person
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.card.contested import beside_rows
from lms_scoring.web.card.decided import decided_of
from lms_scoring.web.card.meant import meant_in
from lms_scoring.web.card.status_page import ALL, HISTORY, LATEST, status_page
from lms_scoring.web.door import Door


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/people/<person>`; `open` names the long ledgers to show, or `history` (every version
    of the cards), or `all`; `record` a record whose row is to be seen (`#record`). With `glance`, the little
    that the scoreboard shows in its drawer.

    A year of watching is hundreds of rows, and as many versions: a page that nobody asked them of would be
    slow on every phone.
    """
    pages = Blueprint("people", __name__)

    @pages.get("/courses/<course>/people/<path:person>")
    def person(course: str, person: str) -> str:
        rules, visitor = door.rules(course), current_visitor()
        zone = rules.zone
        # Who learns and guides has several cards; the one as a learner is asked for more often.
        asked = frozenset(request.args.getlist("open"))
        versions = None if asked & {ALL, HISTORY} else LATEST + 1
        whole = whole_person(door.store, rules, visitor, person, clock=clock, versions=versions)
        seen, cases, disputes = whole.seen, whole.cases, whole.disputes
        statuses = sorted(seen.statuses, key=lambda one: one.membership.role)
        decided = decided_of(seen)
        is_own = seen.view.person == person
        meant = meant_in((status.card for status in statuses), request.args.get("record", ""))
        opened = asked if meant is None else asked | {meant.ledger}
        return render_template(
            "glance.html" if "glance" in request.args else "status.html",
            view=seen.view,
            person=statuses[0].person,
            pages=[
                status_page(status, zone, decided, beside_rows(status.card, cases, disputes, is_own=is_own))
                for status in statuses
            ],
            decided=decided,
            cases=cases,
            disputes=disputes,
            next_sync=whole.next_sync,
            next_reading=whole.next_reading,
            zone=zone,
            opened=opened,
            meant=meant,
        )

    return pages

"""The scoreboard of 2,100 learners in 23 classes, against a bare page of the same rows; and of 21,000.

Limits: a page, however it is sorted, filtered and searched, at most 2 times rendering the same rows from
memory with a bare template; the answer that a kept page still holds at most 0.2 of that; and a course ten
times as large costs no more. A search costs what it finds: one of them finds as many in the larger course.

The bare side is a Flask application with one view: its rows are texts and numbers in memory, and its compiled
template writes the same rows, to the last letter. It knows no session, no store, no languages, no frame.

The same page is asked for again and again: the process has written its cells before, which a page is not
measured without (docs/decisions/0026).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.bare_board import TEMPLATE, row
from benchmarks.county import BOARD, RARE, County, Seen, county
from benchmarks.measuring import ratio_of, seconds_in_turns, seconds_of
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import Standing, ToldState
from lms_scoring.memory import keep_for_good
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.scoreboard.board_page import board_page
from lms_scoring.web.scoreboard.board_query import read_query
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SMALL, LARGE = 2_100, 21_000
OVER_BARE, NOT_MODIFIED, GROWTH = 2.0, 0.2, 1.25
"""The last is what two runs of the same may differ by."""
TIMES = 20
"""Pages in one measurement."""
VIEWS: dict[str, dict[str, str]] = {
    "as it opens": {},
    "by name": {"sort": "name"},
    "by name, from the last": {"sort": "-name"},
    "by study time, from the least": {"sort": "study_time"},
    "by journal": {"sort": "-journal"},
    "by result": {"sort": "state"},
    "by progress, from the last": {"sort": "-standing"},
    "passed": {"standing": "passed"},
    "one item short": {"standing": "one_item_short"},
    "to check, by name": {"standing": "to_check", "sort": "name"},
    "disputed, by name": {"standing": "disputed", "sort": "name"},
    "result failed": {"state": "fail"},
    "result provisional, by name": {"state": "fail_provisionally", "sort": "name"},
    "with who withdrew": {"withdrawn": "1"},
    "two columns less": {"hide": "class.journal"},
    "200 rows": {"rows": "200"},
    "page 12": {"page": "12"},
    "one class": {"class": "7班"},
    "one class, from the least posts": {"class": "7班", "sort": "posts"},
    "a name searched for": {"search": RARE},
    "a letter searched for, by name": {"search": "w", "sort": "name"},
}
FINDS_MORE = "a letter searched for, by name"
"""In the larger course this finds ten times as many, and a search costs what it finds."""
TUTORS: dict[str, dict[str, str]] = {
    "a tutor of two classes": {},
    "a tutor of two classes, by posts": {"sort": "posts"},
}
MOODLE = (
    "Moodle's grader report, recorded: 0.15 s and 631 KB for 60 learners, "
    "0.43 s and 496 KB for a page of 2,000"
)


def main() -> bool:
    """Prints each view; whether all are within their limits."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        small, large = (county(Path(folder) / f"{size}.sqlite", size) for size in (SMALL, LARGE))
        keep_for_good()  # as every process that serves pages does
        within = [*_measured(small, large)]
        for one in (small, large):
            one.close()
    print(f"scoreboard: {MOODLE}")
    return all(within)


def _measured(small: County, large: County) -> Iterator[bool]:
    for name, view in VIEWS.items():
        yield _measure(small.whole, large.whole, name, view)
    for name, view in TUTORS.items():
        yield _measure(small.tutor, large.tutor, name, view)


def _measure(small: Seen, large: Seen, name: str, view: dict[str, str]) -> bool:
    page, mark = _answer(small, small.asked(view))
    app, asked = _bare(small, view)
    assert _rows(page) == _rows(b"".join(run_wsgi_app(app, asked, buffered=True)[0]))
    works = [
        _often(small.app, lambda: small.asked(view)),
        _often(app, lambda: asked),
        _often(large.app, lambda: large.asked(view)),
    ]
    if mark is not None:
        known = {"If-None-Match": mark}
        works.append(_often(small.app, lambda: small.asked(view, **known), status="304 NOT MODIFIED"))
    ours, bare, larger, *kept = seconds_in_turns(works, rounds=7)
    over, growth = ratio_of(ours, bare), ratio_of(larger, ours)
    unchanged = [ratio_of(one, bare).ratio for one in kept]
    print(
        f"scoreboard, {name}: {over.ours / TIMES * 1_000:.1f} ms and {len(page) // 1024} KB, bare "
        f"{over.theirs / TIMES * 1_000:.1f} ms: {over.ratio:.2f} times (limit {OVER_BARE}); "
        + "".join(f"not modified {ratio:.2f} (limit {NOT_MODIFIED}); " for ratio in unchanged)
        + f"of {LARGE:,}: {growth.ratio:.2f} times "
        + ("(it finds ten times as many)" if name == FINDS_MORE else f"(limit {GROWTH})")
    )
    grows = name != FINDS_MORE and growth.ratio > GROWTH
    return over.ratio <= OVER_BARE and not grows and all(ratio <= NOT_MODIFIED for ratio in unchanged)


def _often(
    app: Flask, asked: Callable[[], WSGIEnvironment], *, status: str = "200 OK"
) -> Callable[[], float]:
    def answer(requests: Sequence[WSGIEnvironment]) -> None:
        for one in requests:
            body, told, _ = run_wsgi_app(app, one, buffered=True)
            assert told == status
            assert bool(b"".join(body)) == (status == "200 OK")

    def work() -> float:
        requests = [dict(asked()) for _ in range(TIMES)]
        return seconds_of(lambda: answer(requests))

    return work


def _answer(one: Seen, asked: WSGIEnvironment) -> tuple[bytes, str | None]:
    body, _, headers = run_wsgi_app(one.app, asked, buffered=True)
    return b"".join(body), headers.get("ETag")


def _rows(page: bytes) -> list[bytes]:
    """What stands between the head and the foot of the table, row by row."""
    body = page.partition(b"<tbody>")[2].partition(b"</tbody>")[0]
    return [row.strip() for row in body.split(b"</tr>")]


def _bare(one: Seen, view: dict[str, str]) -> tuple[Flask, WSGIEnvironment]:
    """A view that renders the rows of this one from memory."""
    rules = one.rules.scheme.roles[Role.LEARNER]
    query = read_query(view, Role.LEARNER, rules)
    with Consultant(one.store, one.rules).open_board(one.visitor, class_=query.class_) as board:
        shown = board_page(board, query)
    columns = [criterion for criterion in rules.criteria if query.shows(criterion.id)]
    criteria = [criterion.id for criterion in columns]
    rows = [row(line, criteria, people=f"{BOARD}people/") for line in shown.lines]
    app = Flask("bare")
    app.jinja_env.trim_blocks = app.jinja_env.autoescape = True
    template = app.jinja_env.from_string(TEMPLATE)
    words = {**_marks(one), "labels": [criterion.name.zh for criterion in columns]}
    words["with_class"] = query.shows("class")

    @app.get("/")
    def page() -> str:
        return template.render(rows=rows, **words)

    return app, EnvironBuilder("/").get_environ()


def _marks(one: Seen) -> dict[str, Any]:
    """What rows are marked with, as the scoreboard marks them."""
    voice = Voice(read_wording(), "zh")
    words = {"voice": voice, "say": voice.say}
    pieces: Any = one.app.jinja_env.get_template("board_rows.html").make_module(words)
    marks: Any = one.app.jinja_env.get_template("marks.html").make_module(words)
    return {
        "states": {state.value: pieces.state(state) for state in ToldState},
        "chips": {standing.value: pieces.standing(standing) for standing in Standing},
        "pending": pieces.pending(),
        "withdrawn": marks.withdrawn(),
        "total": voice.say("board.total"),
    }

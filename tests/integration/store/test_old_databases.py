"""What earlier programs kept is there after an upgrade, and means what it meant."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from sqlalchemy import MetaData, Table, delete, insert, select, update

from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.quarantine import set_aside
from lms_scoring.ports import Contesting, Grant, Kept, Session, Trouble, Visitor
from lms_scoring.services.following_up.troubles import SCORING, bindings_of, losses_of, platform_itself
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.migrations import upgrade
from tests.contract.story import COURSE, LI, MOODLE, card
from tests.fixtures.databases import blank_database, engine_of, forget
from tests.integration.store.migrating import file_of, populate, rows_of, up_to


def test_a_database_of_the_first_version_is_upgraded_with_all_it_holds(tmp_path: Path) -> None:
    """What asked for everything can be told: whatever ran before a cursor was left."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=up_to(tmp_path, "0001"))
    connection = sqlite3.connect(file_of(url))
    with connection:
        connection.execute("INSERT INTO platform VALUES (1, 'moodle'), (1, 'lrs')")
        connection.executemany(
            "INSERT INTO run VALUES (1, ?, 'course-1', ?, 1, 2, ?, NULL, 1, 2, 3, 4, 5)",
            [
                *((1, "moodle", "interrupted"), (2, "moodle", "done"), (3, "moodle", "done")),
                *((4, "lrs", "failed"), (5, "lrs", "done"), (6, "lrs", "done")),
            ],
        )
        connection.executemany(
            "INSERT INTO problem VALUES (1, ?, ?, ?, 'refused', ?, ?, ?, ?)",
            [
                (1, 1, 6, "row_unreadable", "a row", "17", b"\xff"),
                (2, 1, 7, "row_unreadable", "the row again", "17", b"\xff"),
                (2, 2, 7, "row_unreadable", "a row", "18", b"\xff"),
                (2, 3, 7, "odd", "without a text", "17-58", None),
                (2, 4, 7, "odd", "without a text", "assign-1-59-0", None),
                (2, 5, 7, "odd", "without a text", "post-60", None),
                (6, 1, 9, "no_time", "a statement", "s1", b"{}"),
            ],
        )
        connection.execute("INSERT INTO cursor VALUES (1, 'course-1', 'moodle', 'c')")
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        runs = {run.id: run for run in transaction.runs(COURSE)}
        problems = transaction.problems(COURSE, run=2)
        kept = transaction.quarantined()
        assert transaction.cursor(COURSE, MOODLE) == "c"
    store.close()
    assert {id_ for id_, run in runs.items() if run.full} == {1, 2, 4, 5, 6}
    assert (runs[3].state, runs[3].kept) == ("done", Kept(new=1, changed=2, same=3, gone=4, refused=5))
    about = [(one.problem.subject, one.problem.person, one.problem.activity) for one in problems]
    assert about == [
        ("17", "", ""),
        ("18", "", ""),
        ("17-58", "moodle-58", "17"),
        ("assign-1-59-0", "moodle-59", ""),
        ("post-60", "", ""),
    ]
    assert [(one.number, one.source, one.aside.subject, one.aside.text) for one in kept] == [
        (3, "lrs", "s1", b"{}"),
        (2, "moodle", "18", b"\xff"),
        (1, "moodle", "17", b"\xff"),
    ]
    again = set_aside(b"\xff", code="row_unreadable", reason="the row again", subject="17", place="17")
    assert (kept[2].aside, kept[2].first_run, kept[2].last_run, kept[2].last_at) == (again, 1, 2, 7)
    assert kept[0].aside == set_aside(b"{}", code="no_time", reason="a statement", subject="s1", record="s1")


def test_who_signed_in_before_there_were_launches_stays_signed_in(tmp_path: Path) -> None:
    """A session then lasted twelve hours from its beginning, however little it was used."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=up_to(tmp_path, "0002"))
    visitor = '{"person": "李", "roles": [["李", "coordinator", null]]}'
    end = 13 * HOUR
    connection = sqlite3.connect(file_of(url))
    with connection:
        connection.execute("INSERT INTO session VALUES (1, 's', ?, ?)", (visitor, end))
        connection.execute("INSERT INTO sign_in_link VALUES (1, 'fresh', ?, ?, NULL)", (visitor, end))
        connection.execute("INSERT INTO sign_in_link VALUES (1, 'used', ?, ?, 5)", (visitor, end))
    connection.close()
    upgrade(url)
    li = Visitor(person="李", roles=(Grant(person="李", role="coordinator", course=None),))
    store = SqlStore(url)
    with store.writing() as transaction:
        assert transaction.session("s", at=end - 1) == Session(visitor=li, used_at=HOUR, idle=None)
        assert transaction.session("s", at=end) is None
        assert transaction.end_sessions(registration=1) == 0
        assert transaction.take_link("fresh", at=1) == li
        assert transaction.take_link("used", at=1) is None
    store.close()


def test_grades_sent_before_stand_in_the_one_column_of_their_course(tmp_path: Path) -> None:
    """Where there are two, nobody kept which."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=up_to(tmp_path, "0005"))
    connection = sqlite3.connect(file_of(url))
    with connection:
        for number in (1, 2):
            address = f"https://moodle{number}.example"
            row = (number, address, "c", "active", *[f"{address}/x"] * 3, None, None, "", "", 1)
            connection.execute(f"INSERT INTO registration VALUES (1, {', '.join('?' * 12)})", row)  # noqa: S608
        for course, number, column in (
            ("one", 1, "items/1"),
            ("two", 1, "a"),
            ("two", 2, "b"),
            ("two", 1, None),
        ):
            place = (number, f"{course}-{column}", None, course, "1", None, column, None, "[]", "[]", 1, None)
            connection.execute(f"INSERT INTO platform_course VALUES (1, {', '.join('?' * 12)})", place)  # noqa: S608
        for course, person, state, sent, reason in (
            ("one", "p1", "sent", "7/2", None),
            ("one", "p2", "overridden", None, "the gradebook has 95.50"),
            ("two", "p1", "overridden", "1", "the gradebook has none any more"),
        ):
            grade = (course, person, "7/2", "", 5, state, 0, 0, sent, sent, None, reason, False)
            connection.execute(f"INSERT INTO outgoing_grade VALUES (1, {', '.join('?' * 13)})", grade)  # noqa: S608
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        found = {
            (one.course, one.person): one for course in ("one", "two") for one in transaction.outgoing(course)
        }
    store.close()
    assert {key: one.line_item for key, one in found.items()} == {
        ("one", "p1"): "items/1",
        ("one", "p2"): None,
        ("two", "p1"): None,
    }
    assert {key: one.found for key, one in found.items()} == {
        ("one", "p1"): None,
        ("one", "p2"): Fraction("95.5"),
        ("two", "p1"): None,
    }
    assert found["one", "p1"].sent == Fraction(7, 2)
    assert {one.held for one in found.values()} == {None}


def test_who_was_launched_before_launches_had_names_opens_the_tool_again(tmp_path: Path) -> None:
    """Nobody kept which sessions came of one launch, nor until when they might go on; others stay."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=up_to(tmp_path, "0006"))
    visitor = '{"person": "李", "roles": []}'
    connection = sqlite3.connect(file_of(url))
    with connection:
        for digest, registration in (("launched", 1), ("signed in", None)):
            connection.execute(
                "INSERT INTO session VALUES (1, ?, ?, 100, 1, NULL, ?)", (digest, visitor, registration)
            )
            connection.execute(
                "INSERT INTO sign_in_link VALUES (1, ?, ?, 100, NULL, ?)", (digest, visitor, registration)
            )
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.writing() as transaction:
        assert transaction.session("launched", at=1) is None
        assert transaction.take_link("launched", at=1) is None
        assert transaction.session("signed in", at=1) is not None
        assert transaction.take_link("signed in", at=1) is not None
    store.close()


def test_an_upgrade_fills_the_scoreboards_of_cards_that_were_there_before(url: str, tmp_path: Path) -> None:
    populate(url)
    _settle(url)
    old = blank_database(tmp_path / "old.db", on=engine_of(url))
    upgrade(old, scripts=up_to(tmp_path, "0014"))
    _copy(url, old)
    upgrade(old)
    assert _boards(old) == _boards(url)
    assert _boards(old)["board_line"]
    forget(old)


def test_an_upgrade_has_everybody_of_open_courses_scored_anew(url: str, tmp_path: Path) -> None:
    """What was read before and is understood otherwise now touches nobody by itself."""
    populate(url)
    old = blank_database(tmp_path / "old.db", on=engine_of(url))
    upgrade(old, scripts=up_to(tmp_path, "0035"))
    _copy(url, old)
    store = SqlStore(old)
    with store.writing() as transaction:
        transaction.untouch(COURSE, transaction.touched(COURSE))
    upgrade(old)
    with store.reading() as transaction:
        assert [*transaction.touched(COURSE)] == [LI.id]
    store.close()
    forget(old)


def test_an_upgrade_leaves_closed_programmes_as_they_are(url: str, tmp_path: Path) -> None:
    populate(url)
    old = blank_database(tmp_path / "old.db", on=engine_of(url))
    upgrade(old, scripts=up_to(tmp_path, "0035"))
    _copy(url, old)
    engine = open_engine(old)
    with engine.begin() as connection:
        connection.execute(delete(tables.touched))
        acts = [(1, "closed"), (2, "reopened"), (3, "closed")]
        for number, kind in acts:
            plain = {"tenant": 1, "at": number, "by": "office", "reason": "over", "course": COURSE, "run": 0}
            connection.execute(insert(tables.signed_act).values(number=number, kind=kind, **plain))
    engine.dispose()
    upgrade(old)
    assert rows_of(old)["touched"] == set()
    forget(old)


def test_an_upgrade_makes_boards_anew_that_were_made_in_another_way(url: str) -> None:
    populate(url)
    _settle(url)
    before = _boards(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(update(tables.board_scope).values(making=0))
        connection.execute(update(tables.board_line).values(ordered=b"\0", body="{}"))
        connection.execute(update(tables.board_place).values(place=b"\0"))
        connection.execute(update(tables.board_count).values(n=99))
    engine.dispose()
    upgrade(url)
    assert _boards(url) == before


def test_an_upgrade_has_cards_scored_again_of_which_something_could_not_be_read(url: str) -> None:
    """Whether a result hangs on that is kept with the card, and may be seen otherwise now."""
    populate(url)
    assert _touched_by_an_upgrade(url) == []
    (result,) = card(LI).criteria
    unread = card(LI, criteria=(replace(result, unknowns=1),))
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.keep_scorecard(COURSE, packed(unread), at=4)
    store.close()
    assert _touched_by_an_upgrade(url) == [LI.id]


def test_an_upgrade_puts_disputes_in_the_order_of_what_is_due(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=up_to(tmp_path, "0022"))
    connection = sqlite3.connect(file_of(url))
    steps = [(number, 1, "raised", 9 + number, until) for number, until in ((1, 90), (2, 70), (3, 80))]
    steps.append((3, 2, "answered", 20, 95))
    with connection:
        for number, waits in ((1, True), (2, True), (3, False)):
            connection.execute(
                "INSERT INTO proceeding (tenant, course, sort, number, person, waits, role, criterion)"
                " VALUES (1, 'c', 'dispute', ?, 'p', ?, 'learner', 'posts')",
                (number, waits),
            )
        for number, step, kind, at, until in steps:
            connection.execute(
                "INSERT INTO proceeding_step VALUES (1, 'c', 'dispute', ?, ?, ?, ?, 'p', ?)",
                (number, step, kind, at, f'{{"until":{until},"words":"?"}}'),
            )
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        part = transaction.dispute_part("c", Contesting(), waiting=False, first=0, rows=9)
        assert [(one.number, one.due_at, one.steps[-1].at) for one in part.disputes] == [
            (2, 70, 11),
            (1, 90, 10),
            (3, None, 20),
        ]
    with store.engine.connect() as connection_:
        kept = connection_.execute(select(tables.proceeding.c.due_at, tables.proceeding.c.told_at)).all()
        assert sorted(map(tuple, kept), key=str) == [(70, 11), (90, 10), (None, 20)]
    store.close()


def test_an_upgrade_tells_apart_what_troubles_are_about(url: str, tmp_path: Path) -> None:
    """That was a prefix of the platform's name, which no platform's name had."""
    older = blank_database(tmp_path / "older.db", on=engine_of(url))
    upgrade(older, scripts=up_to(tmp_path, "0034"))
    engine = open_engine(older)
    kept = {
        "tenant": 1,
        "course": "c",
        "since": 1,
        "failures": 2,
        "try_at": 3,
        "reason": "不通",
        "told_at": 4,
    }
    with engine.begin() as connection:
        former = Table("trouble", MetaData(), autoload_with=connection)
        for platform in ("moodle", "*scoring", "*losses of lrs", "*bindings of moodle"):
            connection.execute(insert(former).values(platform=platform, **kept))
    engine.dispose()
    upgrade(older)
    store = SqlStore(older)
    with store.reading() as transaction:
        found = {one.concern: one for one in transaction.troubles()}
    store.close()
    assert list(found) == [bindings_of("moodle"), losses_of("lrs"), platform_itself("moodle"), SCORING]
    assert found[SCORING] == Trouble(
        concern=SCORING, course="c", since=1, failures=2, try_at=3, reason="不通", told_at=4
    )
    forget(older)


def _copy(url: str, older: str) -> None:
    """All rows, as far as both databases have tables and columns for them."""
    source, target, there = open_engine(url), open_engine(older), MetaData()
    there.reflect(target)
    with source.connect() as reading, target.begin() as writing:
        for table in there.sorted_tables:
            now = tables.metadata.tables.get(table.name, table)
            both = [column for column in table.columns if column.name in now.columns]
            rows = reading.execute(select(*both)).mappings().all()
            if rows and table.name not in ("tenant", "alembic_version"):
                writing.execute(insert(table), [dict(row) for row in rows])
    source.dispose()
    target.dispose()


def _settle(url: str) -> None:
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.settle_boards(COURSE)
    store.close()


def _touched_by_an_upgrade(url: str) -> list[str]:
    """Who is to be scored again after one that makes boards in another way, where nobody was before."""
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.untouch(COURSE, transaction.touched(COURSE))
        transaction.settle_boards(COURSE)
    with store.engine.begin() as connection:
        connection.execute(update(tables.board_scope).values(making=0))
    upgrade(url)
    with store.reading() as transaction:
        touched = [*transaction.touched(COURSE)]
    store.close()
    return touched


def _boards(url: str) -> dict[str, set[tuple[object, ...]]]:
    """All of the boards, but the versions, which are drawn."""
    rows = {name: rows for name, rows in rows_of(url).items() if name.startswith("board_")}
    scopes = {(*row[:6], *row[7:]) for row in rows["board_scope"]}
    return {**rows, "board_scope": scopes}

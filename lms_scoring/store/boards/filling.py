"""Makes the lines of boards that have none yet, or were made in another way: a part of every upgrade.

What a line tells is kept with the card, and follows from evidence; so whoever has a card of which something
could not be read, on which a result may hang in another way now, is scored again the next time.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from lms_scoring.store import tables
from lms_scoring.store.boards.lines import renew_all_lines
from lms_scoring.store.boards.medians import BoardMedians
from lms_scoring.store.boards.scopes import MAKING
from lms_scoring.store.touched.marking import touch_persons

_UNREAD = '"unknown":'
"""What a card has in it where something could not be read."""


def fill_boards(connection: Connection) -> None:
    """Fills the boards of every course that has cards. What is as it should be is left alone."""
    card, scope = tables.scorecard, tables.board_scope
    made = select(scope.c.tenant, scope.c.course).where(scope.c.making == MAKING)
    wanted = select(card.c.tenant, card.c.course).distinct().order_by(card.c.tenant, card.c.course)
    done = {(row.tenant, row.course) for row in connection.execute(made)}
    for row in connection.execute(wanted).all():
        if (row.tenant, row.course) not in done:
            _forget(connection, row.tenant, row.course)
            boards = BoardMedians(connection, row.tenant)
            renew_all_lines(boards, row.course)
            boards.settle_boards(row.course)
            touch_persons(boards, row.course, _unread(connection, row.tenant, row.course))


def _unread(connection: Connection, tenant: int, course: str) -> list[str]:
    card = tables.scorecard
    query = select(card.c.person).where(
        card.c.tenant == tenant, card.c.course == course, card.c.card.contains(_UNREAD, autoescape=True)
    )
    return sorted({*connection.execute(query).scalars()})


def _forget(connection: Connection, tenant: int, course: str) -> None:
    scope, line = tables.board_scope, tables.board_line
    scopes = select(scope.c.id).where(scope.c.tenant == tenant, scope.c.course == course)
    lines = select(line.c.id).where(line.c.tenant == tenant, line.c.course == course)
    for table, column, numbers in (
        (tables.board_place, "line", lines),
        (tables.board_term, "line", lines),
        (tables.board_count, "scope", scopes),
        (tables.board_list, "scope", scopes),
        (line, "id", lines),
        (scope, "id", scopes),
    ):
        connection.execute(delete(table).where(table.c.tenant == tenant, table.c[column].in_(numbers)))

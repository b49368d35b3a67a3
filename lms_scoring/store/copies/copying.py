"""Copies a database into an empty one, of whatever kind: all of it, as of one moment, or nothing of it.

Nobody can write to the old one meanwhile: what came into it then would not be in the copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, delete, func, inspect, literal, make_url, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.store import tables
from lms_scoring.store.copies.shapes import Shapes
from lms_scoring.store.databases.dialect import kind_of, stream
from lms_scoring.store.databases.engine import in_our_words, make_file, open_engine, transaction
from lms_scoring.store.databases.kind import Row
from lms_scoring.store.migrations import upgrade_within

PORTION = 500
"""Rows that are in memory at a time: few, because one may have all that somebody ever did."""

_SETTING, _NEW = "LMS_SCORING_DATABASE_URL", "the new address"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedSoFar:
    """How far a copy is: `rows` of the `of` rows of a table, `all_rows` of the `of_all` rows there are."""

    table: str
    rows: int
    of: int
    all_rows: int
    of_all: int


Watching = Callable[[CopiedSoFar], None]


def copy_database(old_url: str, new_url: str, *, watching: Watching) -> Mapping[str, int]:
    """Copies all rows of all tables from one address to the other; how many each has, counted in both.

    The old database has this program's version; the new one has no rows, and is brought to that version.
    Raises StoreError with what failed and where: then both are as they were, and a new file is gone.
    """
    place = _Place()
    try:
        _check_new(old_url, new_url)
        with _whole_or_gone(new_url), _opened(old_url) as old, _opened(new_url) as new:
            sides = (_Side(old, "old", _SETTING, place), _Side(new, "new", _NEW, place))
            there_are = _copied(*sides, watching)
    except StoreError as error:
        raise StoreError(place.told(error)) from error
    return there_are


class _Place:
    """Where a copy is: in which database, and at what of it."""

    side: _Side | None = None
    what = ""

    def told(self, error: StoreError) -> str:
        """What failed, and where."""
        address = _NEW if self.side is None else self.side.address
        happened = str(error).replace(f"the setting {_SETTING}", address).replace(_SETTING, address)
        where = "" if self.side is None else f"the {self.side.name} database, {self.what}: "
        return f"{where}{happened}; nothing was copied"


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two databases, and what it and its address are called."""

    engine: Engine
    name: str
    address: str
    place: _Place

    def here(self, what: str) -> None:
        """From now on the copy is here."""
        self.place.side, self.place.what = self, what

    @contextmanager
    def asked(self, what: str) -> Iterator[None]:
        """Inside, this database alone is asked: what it says is put in the words of its kind."""
        self.here(what)
        with in_our_words(self.engine):
            yield


def _copied(old: _Side, new: _Side, watching: Watching) -> Mapping[str, int]:
    """In one transaction of the new database, which ends once all else is over."""
    new.here("when it was opened")
    with transaction(new.engine, writes=True) as writing:
        with new.asked("when it was made ready"):
            kind_of(writing).unhurried(writing)
            _check_empty(writing)
            upgrade_within(writing)
            writing.execute(delete(tables.tenant))
        old.here("when it was opened")
        with _one_view(old.engine) as view:
            with old.asked("when its rows were counted"):
                there_are = _counts(view)
            bar = _Bar(there_are, watching)
            for table in tables.metadata.sorted_tables:
                for portion in _portions(old, view, table):
                    with new.asked(f"table {table.name}"):
                        kind_of(writing).fill(writing, table, portion)
                    bar.move(table.name, len(portion))
            old.here("when it was left")
        with new.asked("when its rows were counted"):
            _compare(there_are, bar.moved, _counts(writing))
            _check_keys(writing)
        new.here("when all was to be stored")
    return there_are


@contextmanager
def _one_view(engine: Engine) -> Iterator[Connection]:
    """A view of all there is, to which nobody adds anything. Of two connections: on PostgreSQL who keeps
    others from writing has a new view for each statement."""
    with transaction(engine, writes=True) as alone, transaction(engine, writes=False) as view:
        for connection in (alone, view):
            kind_of(connection).unhurried(connection)
        yield view


def _portions(old: _Side, view: Connection, table: Table) -> Iterator[list[Row]]:
    shapes = Shapes(table)
    with old.asked(f"table {table.name}"):
        rows = iter(stream(view, select(table)))
    while True:
        with old.asked(f"table {table.name}"):
            portion = list(islice(rows, PORTION))
            shapes.check(portion)
        if not portion:
            return
        yield portion


class _Bar:
    """Tells how far a copy is."""

    def __init__(self, there_are: Mapping[str, int], watching: Watching) -> None:
        self.moved = dict.fromkeys(there_are, 0)
        self._there_are = there_are
        self._of_all = sum(there_are.values())
        self._all_rows = 0
        self._watching = watching

    def move(self, table: str, rows: int) -> None:
        """So many more rows of the table are there."""
        self.moved[table] += rows
        self._all_rows += rows
        self._watching(
            CopiedSoFar(
                table=table,
                rows=self.moved[table],
                of=self._there_are[table],
                all_rows=self._all_rows,
                of_all=self._of_all,
            )
        )


def _check_empty(writing: Connection) -> None:
    """Raises StoreError where there is more than every new database has: its institution, without a name.

    Before it is upgraded: whoever named the wrong one must not wait for that, and keep others waiting.
    """
    there, usual = set(inspect(writing).get_table_names()), {tables.tenant.name: 1}
    filled = []
    for table in tables.metadata.sorted_tables:
        if table.name in there:
            most = usual.get(table.name, 0)
            some = select(literal(1)).select_from(table).limit(most + 1)
            if len(writing.execute(some).all()) > most:
                filled.append(table.name)
    if filled:
        raise StoreError(
            f"it is not empty: there are rows in {', '.join(filled)}. Name one that has none; to use this "
            "one all the same, make it anew (PostgreSQL: `dropdb` and `createdb`)"
        )


def _counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.metadata.sorted_tables
    }


def _compare(there_are: Mapping[str, int], moved: Mapping[str, int], arrived: Mapping[str, int]) -> None:
    """Raises StoreError where they are not as many everywhere."""
    for name, rows in there_are.items():
        if not rows == moved[name] == arrived[name]:
            raise StoreError(
                f"of the {rows} rows of the table {name}, {moved[name]} were read and {arrived[name]} are "
                "there; look for triggers or rules on the table"
            )


def _check_keys(writing: Connection) -> None:
    """Raises StoreError where the database checks keys only when it is asked to, and one leads nowhere."""
    broken = kind_of(writing).broken_keys(writing)
    if broken is not None:
        raise StoreError(f"rows of {broken[0]} lack the {broken[1]} that they refer to, in the old one too")


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    """Keys are looked at once all rows are there."""
    engine = open_engine(url, check_keys=False)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _whole_or_gone(url: str) -> Iterator[None]:
    """A file that was not there is there with all that comes into it, for its owner alone, or not at all."""
    address = make_url(url)
    file = Path(str(address.database))
    if address.get_backend_name() != "sqlite" or file.exists():
        yield
        return
    make_file(url)
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        raise


def _check_new(old_url: str, new_url: str) -> None:
    """Raises StoreError for an address that is none, or of no file, or of the old database itself."""
    open_engine(new_url).dispose()
    new = make_url(new_url)
    if new.get_backend_name() == "sqlite" and (not new.database or new.database.startswith((":", "file:"))):
        raise StoreError("the new address must name a file, as in sqlite:///path/to/file.db")
    if _known_by(new) == _known_by(make_url(old_url)):
        raise StoreError("the new address is that of the old database; name another, which is empty")


def _known_by(url: URL) -> tuple[object, ...]:
    """What tells databases apart whoever asks them."""
    if url.get_backend_name() == "sqlite":
        return ("sqlite", Path(str(url.database)).resolve())
    return ("postgresql", url.host, url.port, url.database, url.query.get("host"))

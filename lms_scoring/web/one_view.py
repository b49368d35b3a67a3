"""The store as a request reads it: the page goes on in the view in which its visitor was found.

A view costs a tenth of a small answer, and on PostgreSQL two ways to the database, so a request that looks up
its session and shows one page needs one. It is handed on once: whoever reads again gets a view of their own,
and whoever writes lets go of it first, so that a request never has two connections for its sake.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from flask import Flask, g
from flask.globals import app_ctx

from lms_scoring.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class _Held:
    """A view that nobody goes on with yet."""

    transaction: Transaction
    until: ExitStack


class OneView:
    """A store, for as long as requests are answered."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def install(self, app: Flask) -> None:
        """Lets go of what no page went on with, whatever became of the request."""
        app.teardown_request(lambda _: self._let_go())

    def begun(self) -> Transaction:
        """The view of this request, which whoever reads next goes on with. Raises StoreError."""
        here = app_ctx.g
        held: _Held | None = here.get("view_held")
        if held is None:
            until = ExitStack()
            held = here.view_held = _Held(until.enter_context(self.store.reading()), until)
        return held.transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """The view that is held, or another one. Raises StoreError."""
        held: _Held | None = g.pop("view_held", None)
        if held is None:
            with self.store.reading() as transaction:
                yield transaction
        else:
            with held.until:
                yield held.transaction

    def writing(self) -> AbstractContextManager[Transaction]:
        """As the store writes. Raises StoreError."""
        self._let_go()
        return self.store.writing()

    def _let_go(self) -> None:
        held: _Held | None = g.pop("view_held", None)
        if held is not None:
            held.until.close()


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """The store for whoever asks before the page does: the page goes on in the view that was asked."""

    view: OneView

    def reading(self) -> AbstractContextManager[Transaction]:
        """The view of this request, which is left open. Raises StoreError."""
        return nullcontext(self.view.begun())

    def writing(self) -> AbstractContextManager[Transaction]:
        """As the store writes. Raises StoreError."""
        return self.view.writing()

"""A request reads in one view: its session, and the page that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Store, Transaction
from lms_scoring.web.one_view import OneView, OnTheWay
from tests.fakes.memory_store import MemoryStore


class Watched:
    """A store that counts which of its views are open, and can be out of order."""

    def __init__(self) -> None:
        self.inner = MemoryStore()
        self.begun = self.open = self.writing_while_open = 0
        self.broken = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        if self.broken:
            raise StoreError("out of order")
        self.begun += 1
        self.open += 1
        try:
            with self.inner.reading() as transaction:
                yield transaction
        finally:
            self.open -= 1

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        self.writing_while_open = max(self.writing_while_open, self.open)
        with self.inner.writing() as transaction:
            yield transaction


@pytest.fixture
def store() -> Watched:
    return Watched()


@pytest.fixture
def app(store: Store) -> Iterator[Flask]:
    """Somebody's session is looked up before each view."""
    app, view = Flask("one view"), OneView(store)
    view.install(app)
    app.extensions["view"] = view

    @app.before_request
    def guard() -> None:
        view.begun()

    yield app


def test_a_page_goes_on_in_the_view_in_which_its_visitor_was_found(app: Flask, store: Watched) -> None:
    view: OneView = app.extensions["view"]

    @app.get("/")
    def page() -> str:
        found = view.begun()
        with view.reading() as transaction:
            assert transaction is found
            assert store.open == 1
        assert store.open == 0
        with view.reading() as another:
            assert another is not found
        return "read"

    assert app.test_client().get("/").text == "read"
    assert (store.begun, store.open) == (2, 0)


def test_who_asks_on_the_way_leaves_the_view_to_the_page(app: Flask, store: Watched) -> None:
    view: OneView = app.extensions["view"]

    @app.get("/")
    def page() -> str:
        with OnTheWay(view).reading() as asked:
            pass
        assert store.open == 1
        with view.reading() as transaction:
            assert transaction is asked
        return "read"

    @app.post("/")
    def change() -> str:
        with OnTheWay(view).writing():
            return "written"

    assert app.test_client().get("/").text == "read"
    assert (store.begun, store.open) == (1, 0)
    assert app.test_client().post("/").text == "written"
    assert (store.writing_while_open, store.open) == (0, 0)


def test_a_view_is_let_go_of_where_no_page_goes_on_with_it(app: Flask, store: Watched) -> None:
    @app.get("/")
    def page() -> str:
        assert store.open == 1
        raise RuntimeError

    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/").status_code == 500
    assert app.test_client().get("/nowhere").status_code == 404
    assert store.open == 0


def test_whoever_writes_lets_go_of_the_view_first(app: Flask, store: Watched) -> None:
    view: OneView = app.extensions["view"]

    @app.get("/")
    def page() -> str:
        with view.writing():
            return "written"

    assert app.test_client().get("/").text == "written"
    assert (store.writing_while_open, store.open) == (0, 0)


def test_an_error_in_the_page_undoes_the_view_it_was_handed(app: Flask, store: Watched) -> None:
    view: OneView = app.extensions["view"]

    @app.get("/")
    def page() -> str:
        with pytest.raises(ZeroDivisionError), view.reading():
            raise ZeroDivisionError
        return str(store.open)

    assert app.test_client().get("/").text == "0"


def test_a_store_out_of_order_is_told_and_leaves_nothing_open(app: Flask, store: Watched) -> None:
    store.broken = True

    @app.errorhandler(StoreError)
    def told(error: StoreError) -> tuple[str, int]:
        return str(error), 503

    answer = app.test_client().get("/")
    assert (answer.status_code, answer.text, store.open) == (503, "out of order", 0)

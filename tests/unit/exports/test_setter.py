"""One document after the other, and nobody waits beyond the places."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event, get_ident

import pytest

from lms_scoring.domain.errors import SetterBusy
from lms_scoring.exports.pdf.setter import Setter
from tests.waiting import LONG


def test_all_is_set_in_one_thread_of_its_own() -> None:
    setter = Setter()
    threads = {setter.do(lambda: str(get_ident()).encode()) for _ in range(3)}
    assert len(threads) == 1
    assert str(get_ident()).encode() not in threads


def test_beyond_the_places_one_is_refused_until_one_is_free() -> None:
    setter = Setter(places=1)
    begun, done = Event(), Event()

    def slow() -> bytes:
        begun.set()
        done.wait(LONG)
        return b"slow"

    with ThreadPoolExecutor(1) as others:
        first = others.submit(setter.do, slow)
        begun.wait(LONG)
        try:
            with pytest.raises(SetterBusy):
                setter.do(lambda: b"")
        finally:
            done.set()
        assert first.result(LONG) == b"slow"
    assert setter.do(lambda: b"next") == b"next"


def test_what_nobody_waits_for_is_done_after_the_documents_before() -> None:
    setter = Setter(places=1)
    begun, done, order = Event(), Event(), list[str]()

    def slow() -> bytes:
        begun.set()
        done.wait(LONG)
        order.append("a document")
        return b""

    with ThreadPoolExecutor(1) as others:
        others.submit(setter.do, slow)
        begun.wait(LONG)
        setter.later(lambda: order.append("later"))
        done.set()
    setter.do(lambda: b"")
    assert order == ["a document", "later"]


def test_a_document_that_cannot_be_set_frees_its_place() -> None:
    setter = Setter(places=1)

    def broken() -> bytes:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            setter.do(broken)


ENDING = """
import threading
from lms_scoring.domain.errors import SetterEnding
from lms_scoring.exports.pdf.setter import Setter

def asks_to_the_end():
    setter = Setter()
    try:
        while True:
            setter.do(lambda: b"")
    except SetterEnding:
        print("ends")
    setter.later(lambda: print("never"))

threading.Thread(target=asks_to_the_end).start()
"""


def test_a_process_that_ends_sets_no_more_and_says_so() -> None:
    """gunicorn ends each now and then; a page that is still under way is no fault of the program."""
    done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=LONG)
    assert (done.stdout, done.stderr) == ("ends\n", "")

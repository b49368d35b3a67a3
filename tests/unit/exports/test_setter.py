"""One document after the other, and nobody waits beyond the places."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, get_ident

import pytest

from lms_scoring.domain.errors import SetterBusy, SetterTaken
from lms_scoring.exports.pdf.setter import Setter
from tests.waiting import LONG, until


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


class Held:
    """Documents of people that are being set until each is let go, and seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.setter = Setter(places=2, now=lambda: self.seconds)
        self.visitors = ThreadPoolExecutor(3)
        self.done: dict[str, Event] = {}
        self.asked: dict[str, Future[bytes]] = {}

    def begin(self, who: str, what: str | None = None) -> None:
        """Returns once they have their place: it is the first, or those before are let go one day."""
        self.done[who] = Event()
        self.asked[who] = self.visitors.submit(self.setter.do, lambda: self._held(who), who=who, what=what)
        until(lambda: who in self.setter.inside)

    def _held(self, who: str) -> bytes:
        self.done[who].wait(LONG)
        return who.encode()

    def end(self, who: str) -> None:
        self.done[who].set()
        assert self.asked[who].result(LONG) == who.encode()


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    for one in made.done.values():
        one.set()
    made.visitors.shutdown()


def test_one_person_has_one_place_and_the_other_is_for_others(held: Held) -> None:
    held.begin("tutor")
    with pytest.raises(SetterTaken):
        held.setter.do(lambda: b"", who="tutor")
    held.begin("learner")
    for who in ("tutor", "learner"):
        held.end(who)
    assert held.setter.do(lambda: b"again", who="tutor") == b"again"


def test_who_asks_for_the_same_again_gets_the_one_that_is_being_made(held: Held) -> None:
    held.begin("tutor", what="sheet")
    again = held.visitors.submit(held.setter.do, lambda: b"another", who="tutor", what="sheet")
    with pytest.raises(SetterTaken):
        held.asked["tutor"].result(LONG)
    assert held.setter.inside == ("tutor",)
    with pytest.raises(SetterTaken):
        held.setter.do(lambda: b"", who="tutor", what="record")
    held.done["tutor"].set()
    assert again.result(LONG) == b"tutor"
    assert held.setter.do(lambda: b"later", who="tutor", what="sheet") == b"later"


def test_the_same_of_two_people_is_made_for_each(held: Held) -> None:
    held.begin("tutor", what="sheet")
    held.begin("learner", what="sheet")
    for who in ("tutor", "learner"):
        held.end(who)


def test_who_has_just_been_served_leaves_the_last_place_to_who_was_turned_away(held: Held) -> None:
    held.begin("one tutor")
    held.begin("another")
    with pytest.raises(SetterBusy):
        held.setter.do(lambda: b"", who="learner")
    held.end("one tutor")
    with pytest.raises(SetterBusy):
        held.setter.do(lambda: b"", who="one tutor")
    held.begin("learner")
    held.end("another")
    held.begin("one tutor")


def test_nobody_waits_for_ever_for_who_was_turned_away_and_left(held: Held) -> None:
    held.begin("one tutor")
    held.begin("another")
    with pytest.raises(SetterBusy):
        held.setter.do(lambda: b"", who="learner")
    held.end("one tutor")
    held.seconds = 31
    held.begin("one tutor")


def test_who_was_turned_away_and_left_keeps_nobody_from_an_idle_setter(held: Held) -> None:
    held.begin("one tutor")
    held.begin("another")
    with pytest.raises(SetterBusy):
        held.setter.do(lambda: b"", who="learner")
    held.end("one tutor")
    held.end("another")
    assert held.setter.do(lambda: b"again", who="one tutor") == b"again"


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


ENDING_BETWEEN = """
import threading
from concurrent.futures import thread as pools
from time import sleep
from lms_scoring.domain.errors import SetterBusy
from lms_scoring.exports.pdf.setter import Setter

again = threading.Event()
setter = Setter()

class Sheet(str):
    def __eq__(self, other):
        again.set()
        return super().__eq__(other)

def asks(what):
    try:
        setter.do(lambda: b"", who="tutor", what=what)
    except SetterBusy as refused:
        print(type(refused).__name__ + "\\n", end="")

with pools._global_shutdown_lock:
    threading.Thread(target=asks, args=["sheet"]).start()
    while not setter.inside:
        sleep(0.01)
    threading.Thread(target=asks, args=[Sheet("sheet")]).start()
    again.wait()
    pools._shutdown = True
"""
"""The second asker compares what it wants in the moment in which it takes the place of the first, which holds
no thread yet: as at the end of a process, none is to be had any more."""


def test_who_asks_again_in_a_process_that_ends_is_told_so_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING_BETWEEN], capture_output=True, text=True, timeout=LONG
    )
    assert (done.stdout, done.stderr) == ("SetterEnding\n" * 2, "")

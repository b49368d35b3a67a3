"""Rows 1 to 6, 21 and 23: what comes instead of an answer, from the Moodle and from the record store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain.failure import Instead, Remedy
from lms_scoring.ports import RunState
from tests.faults import faults
from tests.faults.fault_proxy import Fault
from tests.faults.faults import End
from tests.faults.invariants import (
    no_evidence_is_lost,
    nothing_counts_twice,
    nothing_seems_gone,
    scores_can_be_had_again,
    the_fault_is_visible,
    the_other_was_read,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.scene import LRS, MOODLE, SECONDS, Scene, scene

ATTEMPTS = 4
BOTH = (MOODLE, LRS)
SETTINGS = {f"LMS_SCORING_PLATFORM_{name}_ATTEMPTS": str(ATTEMPTS) for name in ("MOODLE", "LRS")}
IMPATIENT = {f"LMS_SCORING_PLATFORM_{name}_DEADLINE": str(SECONDS) for name in ("MOODLE", "LRS")}
Truth = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A platform that nobody changes, and a database into which nothing was synced."""
    with scene(tmp_path_factory.mktemp("course"), changes=SETTINGS) as ours:
        yield ours


@pytest.fixture(scope="module")
def truth(course: Scene, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return undisturbed(course, tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="module")
def synced(course: Scene, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """To be copied."""
    ours = course.like_this(tmp_path_factory.mktemp("synced"))
    assert ours.sync().good
    return ours


def case(source: str, fault: Fault, *more: object) -> object:
    return pytest.param(source, fault, *more, id=" ".join([source, fault.name, *map(str, more)]))


def fails_and_is_mended(
    disturbed: Scene,
    source: str,
    truth: Truth,
    *,
    instead: set[Instead],
    remedy: Remedy = Remedy.TRY_AGAIN,
) -> None:
    """The sync says so, the other platform was read, nothing seems gone; once all is well, all is there."""
    assert not disturbed.sync().good
    the_fault_is_visible(disturbed, source, instead=instead, remedy=remedy)
    the_other_was_read(disturbed, source)
    nothing_seems_gone(disturbed)
    nothing_counts_twice(disturbed)
    is_mended(disturbed, truth)


def is_mended(disturbed: Scene, truth: Truth) -> None:
    """I1 to I3, once nothing is done to requests any more."""
    disturbed.calm()
    assert disturbed.sync().good
    assert {run.state for run in disturbed.runs().values()} == {RunState.DONE}
    no_evidence_is_lost(disturbed, truth)
    nothing_counts_twice(disturbed)
    scores_can_be_had_again(disturbed)
    disturbed.close()


@row(
    1,
    "source, fault, times",
    [
        case(source, fault, times)
        for source in BOTH
        for fault in (faults.status(500), faults.status(502), faults.status(503, Retry_After="7"))
        for times in range(1, 7)
    ],
)
def test_an_error_of_the_server_is_waited_for_and_then_told(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, times: int
) -> None:
    disturbed = course.like_this(tmp_path)
    disturbed.proxy(source).next(fault, times=times, after=2)
    if times < ATTEMPTS:
        assert disturbed.sync().good
        nothing_seems_gone(disturbed)
    else:
        assert not disturbed.sync().good
        the_fault_is_visible(disturbed, source, instead={Instead.OUT_OF_ORDER, Instead.MAINTENANCE})
        the_other_was_read(disturbed, source)
    waited = disturbed.pauses.seconds
    assert len(waited) == min(times, ATTEMPTS - 1)
    if "503" in fault.name:
        assert all(7 <= seconds < 8 + 1 for seconds in waited), "as long as it asked, and a bit"
    else:
        assert all(2**n / 2 <= seconds <= 2**n for n, seconds in enumerate(waited, start=1)), "with jitter"
    is_mended(disturbed, truth)


@row(2, "source, fault, after", [case(s, faults.black_hole(), after) for s in BOTH for after in (0, 1, 2)])
def test_a_platform_that_never_answers_is_given_up_at_the_deadline(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    disturbed = impatient(course, tmp_path)
    disturbed.proxy(source).next(fault, times=99, after=after)
    fails_and_is_mended(disturbed, source, truth, instead={Instead.LATE})


@row(
    3,
    "source, fault, after",
    [
        *(case(MOODLE, faults.half(n / 16, told=n % 2 == 0), 3) for n in range(16)),
        *(case(LRS, faults.half(n / 16, told=n % 2 == 1), n % 3) for n in range(16)),
        *(case(s, faults.half(end=End.RST, told=told), 2) for s in BOTH for told in (True, False)),
    ],
)
def test_half_an_answer_is_asked_for_again_and_never_taken_for_all(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    disturbed = course.like_this(tmp_path / "once")
    disturbed.proxy(source).next(fault, after=after)
    assert disturbed.sync().good
    assert len(disturbed.pauses.seconds) == 1
    no_evidence_is_lost(disturbed, truth)
    disturbed.close()
    course.calm()
    again = course.like_this(tmp_path / "again")
    again.proxy(source).next(fault, times=ATTEMPTS, after=after)
    fails_and_is_mended(again, source, truth, instead={Instead.HALF})


@row(
    4,
    "source, fault, after",
    [
        case(source, fault, after)
        for source in BOTH
        for fault in (faults.login_page(), faults.redirect("/login/index.php", 303))
        for after in (0, 1, 2)
    ],
)
def test_a_login_page_waits_for_a_person_and_is_not_asked_for_again_and_again(
    synced: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    synced.calm()
    disturbed = synced.like_this(tmp_path)
    before = disturbed.cursor(source)
    proxy = disturbed.proxy(source)
    proxy.next(fault, times=999, after=after)
    assert not disturbed.sync(full=True).good
    the_fault_is_visible(
        disturbed, source, instead={Instead.LOGIN_PAGE, Instead.REDIRECT}, remedy=Remedy.PERSON
    )
    assert sum(each is not None for _, each in proxy.seen) <= 2, "no storm"
    assert disturbed.cursor(source) == before
    the_other_was_read(disturbed, source)
    nothing_seems_gone(disturbed)
    is_mended(disturbed, truth)


@row(
    5,
    "source, fault, after",
    [
        *(case(MOODLE, faults.exception("sitemaintenance"), after) for after in (0, 2, 5)),
        *(case(s, faults.status(503, Retry_After="300"), after) for s in BOTH for after in (0, 2)),
        *(case(s, faults.status(503), after) for s in BOTH for after in (0, 2)),
    ],
)
def test_maintenance_moves_no_cursor_and_says_when_to_come_back(
    synced: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    synced.calm()
    disturbed = synced.like_this(tmp_path)
    before = disturbed.cursor(source)
    disturbed.proxy(source).next(fault, times=999, after=after)
    assert not disturbed.sync(full=True).good
    the_fault_is_visible(disturbed, source, instead={Instead.MAINTENANCE})
    run = disturbed.runs()[source]
    assert run.failure is not None
    assert (run.failure.try_at is not None) is (fault.name != "HTTP 503")
    assert disturbed.cursor(source) == before
    the_other_was_read(disturbed, source)
    nothing_seems_gone(disturbed)
    is_mended(disturbed, truth)


@row(
    6,
    "source, fault, after",
    [
        case(source, faults.trickle(headers=headers), after)
        for source in BOTH
        for headers in (True, False)
        for after in (0, 2)
    ],
)
def test_what_trickles_is_given_up_at_the_deadline(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    disturbed = impatient(course, tmp_path)
    disturbed.proxy(source).next(fault, times=99, after=after)
    fails_and_is_mended(disturbed, source, truth, instead={Instead.LATE})


@row(
    21,
    "source, fault, times",
    [
        case(source, fault, times)
        for source in BOTH
        for fault in (faults.status(429), faults.status(429, Retry_After="2"))
        for times in (1, 3, 9)
    ],
)
def test_who_asks_for_fewer_requests_gets_them(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, times: int
) -> None:
    disturbed = course.like_this(tmp_path)
    disturbed.proxy(source).next(fault, times=times, after=1)
    if times < ATTEMPTS:
        assert disturbed.sync().good
        assert len(disturbed.pauses.seconds) == times
        is_mended(disturbed, truth)
    else:
        fails_and_is_mended(disturbed, source, truth, instead={Instead.TOO_MANY})
    if "Retry-After" in fault.name:
        assert all(2 <= seconds < 4 for seconds in disturbed.pauses.seconds)


_TOO_LONG = ("bomb", "endless", "announced")


@row(
    23,
    "source, fault, after",
    [
        case(source, fault, after)
        for source in BOTH
        for fault in (
            faults.redirect("http://127.0.0.1:9/elsewhere"),
            faults.redirect("//169.254.169.254/latest", 307),
            faults.bomb(80 << 20),
            faults.bomb(80 << 20, layers=2),
            faults.endless(),
            faults.announced(1 << 31),
            faults.deep(100_000),
        )
        for after in (0, 2)
    ],
)
def test_what_is_too_much_or_leads_elsewhere_is_bounded(
    course: Scene, truth: Truth, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    """Of a Moodle's third answer, which is of a batch, too much is asked for again in parts."""
    disturbed = course.like_this(tmp_path)
    disturbed.proxy(source).next(fault, after=after)
    in_parts = source == "moodle" and after == 2 and any(kind in fault.name for kind in _TOO_LONG)
    assert disturbed.sync().good == in_parts
    the_other_was_read(disturbed, source)
    nothing_seems_gone(disturbed)
    is_mended(disturbed, truth)


def impatient(course: Scene, folder: Path) -> Scene:
    """The same with the shortest deadline that there is."""
    settings = {**course.site.settings, **IMPATIENT}
    return replace(course, site=replace(course.site, settings=settings)).like_this(folder)

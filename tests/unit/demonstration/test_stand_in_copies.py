"""Several times the recorded statements: other ids and sessions, the same people, earlier days."""

import json
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from lms_scoring.demonstration.lrs_model import LrsModel, aged, milliseconds
from lms_scoring.demonstration.recordings import recorded_statements

DAY = 86_400_000


def now_and_then() -> Iterator[bytes]:
    """Every tenth recorded statement."""
    return islice(recorded_statements("http://127.0.0.1"), 0, None, 10)


@pytest.fixture(scope="module")
def once() -> LrsModel:
    return LrsModel(recorded_statements("http://127.0.0.1"))


@pytest.fixture(scope="module")
def thrice() -> LrsModel:
    return LrsModel(recorded_statements("http://127.0.0.1"), copies=3)


def test_the_last_copy_is_the_recorded_one(once: LrsModel, thrice: LrsModel) -> None:
    assert len(thrice) == 3 * len(once) == 3 * 39_625
    for place in (0, 17, 39_624):
        assert thrice.told(2 * len(once) + place) == once.told(place)


def test_ids_are_distinct_and_found_again(thrice: LrsModel) -> None:
    ids = {json.loads(thrice.raw(position))["id"] for position in range(0, len(thrice), 7)}
    assert len(ids) == len(range(0, len(thrice), 7))
    for position in (5, 39_625, 100_000):
        assert thrice.position_of(json.loads(thrice.raw(position))["id"]) == position


def test_copies_follow_one_another_without_overlap(thrice: LrsModel) -> None:
    stored = [thrice.stored(position) for position in range(len(thrice))]
    assert all(earlier < later for earlier, later in pairwise(stored))
    rare = LrsModel(now_and_then(), copies=3)
    times = [milliseconds(json.loads(rare.raw(each))["timestamp"]) for each in range(len(rare))]
    assert times[-1] - times[-len(rare) // 3] > 55 * DAY
    first, second = times[: len(rare) // 3], times[len(rare) // 3 : 2 * len(rare) // 3]
    assert max(first) < min(second)
    assert {later - earlier for earlier, later in zip(first, second, strict=True)} == {63 * DAY}


def test_a_copy_keeps_people_and_changes_sessions(once: LrsModel) -> None:
    line = next(once.raw(each) for each in range(len(once)) if b"session-id" in once.raw(each))
    recorded, copied = json.loads(line), json.loads(aged(line, 2))
    assert copied["actor"] == recorded["actor"]
    assert copied["id"] != recorded["id"]
    session = "https://w3id.org/xapi/video/extensions/session-id"
    assert copied["context"]["extensions"][session] != recorded["context"]["extensions"][session]
    assert copied["context"]["registration"] != recorded["context"]["registration"]
    assert copied["verb"] == recorded["verb"]


def test_each_copy_has_its_own_voided_statements(once: LrsModel, thrice: LrsModel) -> None:
    voided = [position for position in range(len(once)) if once.is_voided(position)]
    assert len(voided) == 4
    found = [position for position in range(len(thrice)) if thrice.is_voided(position)]
    assert found == [copy * len(once) + place for copy in range(3) for place in voided]


def test_nothing_is_stored_in_the_future() -> None:
    early = milliseconds("2024-11-01T00:00:00Z")
    model = LrsModel(now_and_then(), now=lambda: early)
    beyond = [position for position in range(len(model)) if model.stored(position) > early]
    # What bears a later time of its client arrives a millisecond after the one before.
    assert model.stored(len(model) - 1) - early == len(beyond) > 0


def test_what_comes_is_stored_after_every_instant_that_was_promised() -> None:
    model = LrsModel([], now=lambda: 5_000)
    through = model.consistent_through()
    model.keep([("a", b'{"id":"a"}'), ("b", b'{"id":"b"}')])
    assert through == 5_000
    assert [model.stored(position) for position in (0, 1)] == [5_001, 5_002]
    assert model.consistent_through() == 5_002

"""Reported time of a Moodle: durations as SCORM packages write them, and attempts that cannot be true."""

from __future__ import annotations

import msgspec
import pytest

from adapters.moodle.evidence.reported_times import scorm_time
from adapters.moodle.evidence.scorm_durations import milliseconds_of
from adapters.moodle.payloads.reported_times import Tracks
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.instants import HOUR, MINUTE
from tests.unit.adapters.moodle.recorded import SITE


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("00:53:00", 53 * MINUTE),
        ("0001:02:30.25", 62 * MINUTE + 30_250),
        ("47:13:20", 47 * HOUR + 13 * MINUTE + 20_000),
        ("9999:59:59.99", 10_000 * HOUR - 10),
        ("0:00:00", 0),
        ("00:00:00.0009", 0),
        ("PT1H30M", 90 * MINUTE),
        ("PT5.25S", 5_250),
        ("P1DT1H", 25 * HOUR),
        ("P0Y0M0DT0H10M0S", 10 * MINUTE),
        ("P2D", 48 * HOUR),
        (" 00:00:01 ", 1_000),
    ],
)
def test_every_form_of_a_scorm_duration_is_read(text: str, milliseconds: int) -> None:
    assert milliseconds_of(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "P1Y",
        "P1M",
        "P1W",
        "53",
        "00:53",
        "1:60:00",
        "1:00:60",
        "-1:00:00",
        "a:b:c",
        "١:00:00",
        "1234567890:00:00",
        "PT1234567890S",
        "PT1H 30M",
    ],
)
def test_what_is_no_duration_is_not_taken_for_one(text: str) -> None:
    assert milliseconds_of(text) is None


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        ({"total_time": "soon", "x.start.time": "1", "timemodified": "2"}, "no form"),
        ({"total_time": "00:00:01", "x.start.time": "1"}, "timemodified"),
        ({"total_time": "00:00:01", "x.start.time": "3", "timemodified": "2"}, "ended before"),
        ({"total_time": "00:00:01", "x.start.time": "x", "timemodified": "2"}, "x.start.time"),
        ({"total_time": "00:00:01", "timemodified": "9" * 5000}, "timemodified"),
        ({"total_time": "9" * 5000 + ":00:00", "timemodified": "2"}, "no form"),
    ],
)
def test_a_scorm_attempt_that_cannot_be_true_is_malformed(tracks: dict[str, str], reason: str) -> None:
    with pytest.raises(MalformedEvidence, match=reason):
        scorm_time(SITE, tracked(tracks).data, activity="1", sco=2, user=3)


def test_a_scorm_2004_attempt_without_a_start_is_reckoned_back_from_its_end() -> None:
    tracks = tracked({"cmi.total_time": "PT1H0.5S", "timemodified": "10000"})
    record = scorm_time(SITE, tracks.data, activity="1", sco=2, user=3)
    assert (record.duration, record.started_at, record.ended_at) == (3_600_500, 6_400_000, 10_000_000)


def tracked(tracks: dict[str, str]) -> Tracks:
    elements = [{"element": name, "value": value} for name, value in tracks.items()]
    return msgspec.convert({"data": {"attempt": 1, "tracks": elements}}, Tracks)

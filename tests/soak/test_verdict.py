"""What the figures of a soak say: quantiles, trends, and which limits are missed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.browser import Click
from tests.soak.figures import averages, quantile, trend
from tests.soak.servers import complaints_in
from tests.soak.verdict import (
    ALL,
    ASSET,
    FEW,
    Found,
    ServerLine,
    connections_growth,
    log_growth,
    page_lines,
    server_lines,
    table,
)
from tests.soak.vitals import MEGABYTE, DatabaseWeighed, Weighed

STEADY = ServerLine(
    server="pages",
    processes=3,
    memory=300.0,
    most_memory=310.0,
    memory_growth=0.01,
    course=(290.0, 301.5),
    files=30.0,
    files_growth=0.0,
    cores=0.5,
)
GOOD = Found(
    database="postgres",
    minutes=60.0,
    visitors=550,
    think=(20.0, 60.0),
    pages=(),
    servers=(STEADY,),
    log_growth=0.0,
    most_log=64.0,
    connections=20,
    connections_growth=0.0,
    size=(30.0, 60.0),
    busy=0.5,
    syncs=300,
    happened={"writes": 10},
    statuses={"200": 100},
)


def clicks(kind: str, *seconds: float) -> list[Click]:
    return [Click(kind=kind, at=0.0, seconds=one, status=200, fault=None) for one in seconds]


def test_a_quantile_is_a_value_that_was_seen() -> None:
    assert quantile([float(number) for number in range(100, 0, -1)], 0.95) == 96
    assert (quantile([3.0], 0.5), quantile([], 0.95)) == (3, 0)


def test_a_trend_leaves_out_the_first_quarter() -> None:
    warming = [(0.0, 10.0), (10.0, 90.0), (20.0, 90.0)]
    steady = [(float(at), 100.0) for at in range(30, 101, 10)]
    found = trend([*warming, *steady])
    assert found is not None
    assert (found.mean, found.growth) == (100, 0)
    rising = trend([(float(at), 100.0 + at) for at in range(0, 101, 10)])
    assert rising is not None
    assert rising.growth == pytest.approx(70)
    assert trend(warming[:2]) is None


def test_the_course_of_something_is_the_mean_of_every_interval() -> None:
    samples = [(float(at), float(at)) for at in range(5, 26)]
    assert averages(samples, every=10.0) == [9.5, 20.0]
    assert averages(samples, every=60.0) == [15.0]
    assert averages(samples[:1], every=10.0) == [5.0]


def test_all_pages_together_are_compared_as_often_as_they_were_asked_for() -> None:
    alone = [*clicks("card", *[0.01] * 60), *clicks("sheet", *[1.0] * 60)]
    loaded = [*clicks("card", *[0.04] * 990), *clicks("sheet", *[2.0] * 10)]
    lines = {line.kind: line for line in page_lines(alone, loaded)}
    assert (lines["card"].slower, lines["sheet"].slower, lines[ALL].slower) == (4, 2, 4)
    assert (lines[ALL].clicks, lines[ALL].alone_p95) == (1000, 10)


def test_what_pages_bring_along_makes_them_no_faster() -> None:
    alone = [*clicks("card", *[0.01] * 60), *clicks(ASSET, *[0.001] * 6_000)]
    loaded = [*clicks("card", *[0.06] * 60), *clicks(ASSET, *[0.001] * 6_000)]
    (line,) = [line for line in page_lines(alone, loaded) if line.kind == ALL]
    assert (line.clicks, line.alone, line.slower) == (60, 60, 6)


def test_one_kind_that_comes_within_a_second_is_told_and_one_that_does_not_is_missed() -> None:
    alone = [*clicks("card", *[0.02] * 6_000), *clicks("form", *[0.01] * FEW), *clicks("sheet", *[0.2] * FEW)]
    loaded = [*clicks("card", *[0.03] * 6_000), *clicks("form", *[0.9] * FEW), *clicks("sheet", *[1.1] * FEW)]
    found = replace(GOOD, pages=page_lines(alone, loaded))
    assert [sentence.partition(":")[0] for sentence in found.told()] == ["form"]
    assert [sentence.partition(":")[0] for sentence in found.missed()] == ["sheet"]


def test_slow_pages_growing_servers_and_faults_are_missed() -> None:
    slow = page_lines(clicks("card", *[0.01] * FEW), clicks("card", *[0.06] * FEW))
    bad = replace(
        GOOD,
        pages=slow,
        servers=[replace(STEADY, memory_growth=0.2, files_growth=50.0)],
        connections_growth=30.0,
        faults=["card: 500"],
    )
    assert list(GOOD.missed()) == []
    assert [sentence.partition(" ")[0] for sentence in bad.missed()] == [
        *("all", "pages:", "pages:", "connections", "fault:")
    ]


def test_few_clicks_prove_nothing_and_a_short_run_nothing_about_memory() -> None:
    few = page_lines(clicks("card", *[0.01] * (FEW - 1)), clicks("card", *[0.06] * (FEW - 1)))
    growing = [replace(STEADY, memory_growth=0.2)]
    assert list(replace(GOOD, pages=few, servers=growing, minutes=2.0).missed()) == []


def test_the_processes_of_a_server_are_weighed_together_whichever_lives() -> None:
    samples = [
        Weighed(at=at, server="pages", process=number, memory=memory * MEGABYTE, files=5, computed=at / 2)
        for at, number, memory in ((0.0, 1, 100), (0.0, 2, 100), (10.0, 1, 120), (10.0, 3, 80))
    ]
    (line,) = server_lines(samples)
    assert (line.processes, line.memory, line.most_memory, line.files, line.cores) == (3, 200, 200, 10, 0.5)
    assert line.course == [200]


def test_the_log_and_the_connections_are_followed_too() -> None:
    weighed = [DatabaseWeighed(at=float(at), size=1, log=2 * at * MEGABYTE, connections=5) for at in range(9)]
    assert (log_growth(weighed), connections_growth(weighed)) == (12, 0)
    assert connections_growth(weighed[:1]) is None


def test_lines_of_errors_are_found_in_logs_of_both_kinds(tmp_path: Path) -> None:
    lines = [
        json.dumps({"level": "info", "message": "fine"}),
        json.dumps({"level": "error", "message": "not fine"}),
        "[2026-01-01 00:00:00 +0000] [1] [INFO] Booting worker",
        "[2026-01-01 00:00:00 +0000] [1] [ERROR] Worker was sent SIGKILL!",
        "Traceback (most recent call last):",
        '"a text in JSON"',
    ]
    log = tmp_path / "pages 0.log"
    log.write_text("\n".join(lines), encoding="utf-8")
    assert list(complaints_in(log)) == [lines[1], lines[3], lines[4]]


def test_the_table_has_a_line_for_everything() -> None:
    shown = "\n".join(table(replace(GOOD, pages=page_lines(clicks("card", 0.01), clicks("card", 0.02)))))
    assert all(word in shown for word in ("card", "2.0×", "pages", "+1.0%", "few", "writes 10", "64 MB"))


def test_the_table_tells_how_the_memory_of_each_server_went_on() -> None:
    shown = [line.split() for line in table(GOOD)]
    begin = shown.index(["MB", "until", "minute", "5", "10"])
    assert shown[begin + 1] == ["pages", "290.0", "301.5"]

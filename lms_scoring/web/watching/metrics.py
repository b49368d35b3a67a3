"""Figures for a monitoring system (Prometheus): how old what waits is, how platforms fare; of nobody.

All of them come from the database, so they are the same whichever process is asked, and after a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from werkzeug.exceptions import NotFound, Unauthorized

from lms_scoring.ports import Clock, Hold, Store
from lms_scoring.services.unattended.work_state import Backlog, WorkState, work_state
from lms_scoring.web.access.credentials import same

_PREFIX = "lms_scoring"


def blueprint(store: Store, *, clock: Clock, token: str | None) -> Blueprint:
    """`/metrics`, for who shows the token as a bearer; without a token there is no such page.

    Not for whoever asks from this machine: behind a proxy, everybody does.
    """
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def metrics() -> Response:
        if token is None:
            raise NotFound
        shown = request.headers.get("Authorization", "")
        if not same(shown, f"Bearer {token}"):
            raise Unauthorized
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Figures(work_state(store, clock=clock)))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return pages


class _Figures:
    """The figures of one moment, as the library wants them."""

    def __init__(self, state: WorkState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Every figure there is."""
        yield from _of_work(self._state)
        yield from _of_syncs(self._state)
        yield from _of_what_nobody_settled(self._state)
        yield CounterMetricFamily(
            f"{_PREFIX}_pdfs_refused",
            "How many PDFs were not made because others were asked for at the same time.",
            value=self._state.pdfs_refused,
        )


def _of_work(state: WorkState) -> Iterator[GaugeMetricFamily]:
    waiting, oldest = state.waiting(), state.oldest()
    yield _gauge(
        "waiting", "How much waits to be done.", "kind", {kind.value: waiting[kind] for kind in Backlog}
    )
    yield _gauge(
        "oldest_waiting_seconds",
        "How long the oldest of it waits; 0 where nothing does.",
        "kind",
        {kind.value: (state.now - oldest.get(kind, state.now)) / 1000 for kind in Backlog},
    )
    yield _gauge(
        "failing_since_timestamp_seconds",
        "Since when something fails; only what does.",
        "what",
        {what: at / 1000 for what, at in state.failing_since().items()},
    )
    if state.scheduler_seen is not None:
        seen = GaugeMetricFamily(
            f"{_PREFIX}_jobs_seen_timestamp_seconds", "When somebody last looked what is to be done."
        )
        seen.add_metric([], state.scheduler_seen / 1000)
        yield seen


def _of_syncs(state: WorkState) -> Iterator[GaugeMetricFamily]:
    good = state.last_good
    ended = {name: run.ended_at / 1000 for name, run in good.items() if run.ended_at is not None}
    yield _gauge("last_good_sync_timestamp_seconds", "When a sync last went well.", "platform", ended)
    lasted = {
        name: (run.ended_at - run.started_at) / 1000 for name, run in good.items() if run.ended_at is not None
    }
    yield _gauge("last_good_sync_duration_seconds", "How long it took.", "platform", lasted)
    calls = {name: run.calls for name, run in good.items() if run.calls is not None}
    yield _gauge("last_good_sync_requests", "How many requests it took.", "platform", calls)


def _of_what_nobody_settled(state: WorkState) -> Iterator[GaugeMetricFamily]:
    set_aside, oldest_aside = Counter[str](), dict[str, float]()
    for one in state.set_aside:
        set_aside[one.source] += one.waiting
        age = (state.now - one.since) / 1000
        oldest_aside[one.source] = max(age, oldest_aside.get(one.source, 0.0))
    yield _gauge("quarantined", "How many records no sync could use.", "platform", set_aside)
    yield _gauge("oldest_quarantined_seconds", "How long the oldest waits.", "platform", oldest_aside)
    held = Counter[str]({why.value: 0 for why in Hold})
    for grades in state.held_grades:
        held[grades.why.value] += grades.count
    yield _gauge("held_grades", "Grades that are not sent for now.", "why", held)
    yield GaugeMetricFamily(
        f"{_PREFIX}_refused_grades",
        "Grades that a platform does not take as they are.",
        value=sum(one.count for one in state.refused_grades),
    )
    yield _gauge(
        "missing_grades_since_timestamp_seconds",
        "Since when the oldest grade is in no gradebook that somebody must look after; only where one is.",
        "why",
        {why: at / 1000 for why, at in state.missing_grades_since().items()},
    )
    losses = Counter(one.source for one in state.losses)
    yield _gauge("held_losses", "Losses that nobody has confirmed or refused.", "platform", losses)


def _gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_PREFIX}_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family

"""The registry of jobs: whoever wakes one tells it what it wants to know."""

from __future__ import annotations

from inspect import signature

import pytest

from lms_scoring.jobs.registry import JOBS
from lms_scoring.ports import Call
from lms_scoring.services.unattended.calls import RETAIN, TELL, to_pull, to_score, to_send

CALLS = [
    (to_pull("moodle"), "source moodle"),
    (to_score("c1"), "course c1"),
    (to_send("c1"), "gradebook c1"),
    (Call(job=TELL), "tell"),
    (Call(job=RETAIN), "retain"),
]


@pytest.mark.parametrize(("call", "key"), CALLS, ids=[call.job for call, _ in CALLS])
def test_a_call_has_a_job_with_all_that_its_work_and_its_key_want(call: Call, key: str) -> None:
    job = JOBS[call.job]
    signature(job.work).bind("the workshop", **call.arguments)
    assert job.key_of(call) == key


def test_every_job_is_called_or_comes_by_itself() -> None:
    by_themselves = {job.name for job in JOBS.values() if job.every is not None}
    assert {call.job for call, _ in CALLS} | by_themselves == JOBS.keys()

"""Running one call, whichever engine woke it: what goes wrong is logged and stops nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from lms_scoring.jobs.registry import Job
from lms_scoring.logs import working_on
from lms_scoring.memory import give_back
from lms_scoring.ports import Call
from lms_scoring.services.unattended.workshop import Workshop

_log = logging.getLogger(__name__)


def run_call(jobs: Mapping[str, Job], shop: Workshop, call: Call) -> bool:
    """Whether it went well. What it was about still stands in the tables if it did not."""
    with working_on(call.job, call.arguments):
        try:
            jobs[call.job].run(shop, call)
        except Exception:  # noqa: BLE001 - whatever it is, the next job must run
            _log.exception("the job failed; what it was to do is looked at again")
            return False
        finally:
            give_back()
    return True

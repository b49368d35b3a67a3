"""Looking for doubts before scoring: what fails stops nothing, is kept as a trouble, and is tried again."""

from __future__ import annotations

import logging

from lms_scoring.domain.errors import CannotLookForDoubts
from lms_scoring.ports import Clock, Store
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.pulling import reason_of
from lms_scoring.services.unattended.troubles import LOOKING, failed, trouble_of, went_well

_log = logging.getLogger(__name__)


def look(rules: CourseRules, store: Store, *, clock: Clock, jitter: float = 0.0) -> Looked:
    """As `look_for_doubts`, but a failure is noted and told in the answer; whose texts were not looked at
    stays noted."""
    try:
        looked = look_for_doubts(rules, store, clock=clock)
    except Exception as error:  # noqa: BLE001 - whatever it is, scoring must go on
        _log.exception("course %s: doubts could not be looked for", rules.course)
        told = CannotLookForDoubts(reason_of(error))
        with store.writing() as transaction:
            failed(transaction, LOOKING, rules.course, str(told), now=clock.now(), jitter=jitter)
        return Looked(error=told)
    with store.reading() as transaction:
        trouble = trouble_of(transaction.troubles(), LOOKING, rules.course)
    if trouble is not None and trouble.over_at is None:
        with store.writing() as transaction:
            went_well(transaction, LOOKING, rules.course, now=clock.now())
    return looked

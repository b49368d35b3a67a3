"""The table `[schedule]` of a course file: when the course is synced by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from lms_scoring.domain.cron import Cron, parse_cron
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.schedule import USUAL, QuietHours, Schedule, leaves_time
from lms_scoring.files.toml_file import Duration, whole

_SHORTEST = 5
"""Minutes between two syncs, at least: a platform has other things to do."""
_QUIET = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?[-–] ?(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")


class _CronTimes(fields.Field[Cron]):
    """Five fields of cron; a time that never comes is a mistake."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Cron:
        if not isinstance(value, str):
            raise ValidationError('must be a text of five fields such as "0 3 * * *"')
        try:
            cron = parse_cron(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not cron.ever_comes:
            raise ValidationError("names days that never come")
        return cron


class _Quiet(fields.Field[QuietHours]):
    """Hours of the day: "07:30-09:00", "22:00-05:00"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> QuietHours:
        found = _QUIET.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError('must be hours of the day such as "07:30-09:00" or "22:00-05:00"')
        begin, end = time(int(found[1]), int(found[2])), time(int(found[3] or 0), int(found[4] or 0))
        if begin == end:
            raise ValidationError("begins and ends at the same time")
        return QuietHours(begin=begin, end=end)


def _often_enough(every: int) -> None:
    if every < _SHORTEST * MINUTE:
        raise ValidationError(f"must be at least {_SHORTEST}min")


def _days(first: int) -> fields.Integer:
    return whole(first, 3650)


class ScheduleSchema(Schema):
    """The table; what it does not say is as usual."""

    every = Duration(validate=_often_enough)
    cron = _CronTimes()
    quiet = fields.List(_Quiet())
    lead_days = _days(0)
    trail_days = _days(0)
    full_every_days = _days(1)
    by_itself = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema(skip_on_field_errors=False)
    def _hanging_together(self, data: Mapping[str, Any], **_: Any) -> None:
        messages = {}
        if "every" in data and "cron" in data:
            messages["cron"] = ["either cron or every, not both"]
        quiet = [hours for hours in data.get("quiet", ()) if isinstance(hours, QuietHours)]
        if not leaves_time(tuple(quiet)):
            messages["quiet"] = ["leave no time of the day for a sync"]
        if messages:
            raise ValidationError(messages)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Schedule:
        return Schedule(**{**data, "quiet": tuple(data.get("quiet", USUAL.quiet))})

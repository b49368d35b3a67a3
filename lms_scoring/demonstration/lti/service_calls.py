"""A call of a service whose token has been looked at, and the form of its answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms_scoring.demonstration.lti.service_errors import ServiceError
from lms_scoring.demonstration.lti.state import Column, LtiState, Tool
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer, Request, json_answer


@dataclass(frozen=True)
class Call:
    """What is asked, by which tool, of which course, and of which column where the path names one."""

    model: MoodleModel
    state: LtiState
    request: Request
    parameters: Mapping[str, str]
    tool: Tool
    course: int
    column: Column | None

    @property
    def named_column(self) -> Column:
        """The column that the path names. Raises ServiceError."""
        if self.column is None:
            raise ServiceError(404, "Line item does not exist")
        return self.column

    def number(self, name: str) -> int:
        """A parameter that is a number; 0 without it, as in PHP."""
        value = self.parameters.get(name, "")
        return int(value) if value.isascii() and value.isdigit() else 0

    def body(self) -> dict[str, Any] | None:
        """The JSON object that was sent; None of anything else."""
        try:
            told = json.loads(self.request.body)
        except ValueError:
            return None
        return told if isinstance(told, dict) else None


def answered(
    value: object, media_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in a service's own media type."""
    typed = {"Content-Type": f"{media_type}; charset=utf-8", **(headers or {})}
    return json_answer(value, status=status, headers=typed)


def number(value: float) -> float:
    """A number as PHP writes it: without a fraction where there is none."""
    return int(value) if value == int(value) else value

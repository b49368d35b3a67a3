"""Several calls in one request, as Moodle's app makes them: stops in silence after the first failing one."""

import json
from collections.abc import Callable
from typing import Any

from lms_scoring.demonstration.moodle_errors import MoodleError, invalid_parameter
from lms_scoring.demonstration.moodle_format import to_json
from lms_scoring.demonstration.moodle_model import Row
from lms_scoring.demonstration.moodle_parameters import ListOf, Parameter, Record, flag, text

BATCH = "tool_mobile_call_external_functions"
_REQUEST = Record(
    {
        "function": text(),
        "arguments": text("{}"),
        "settingraw": flag(False),
        "settingfilter": flag(False),
        "settingfileurl": flag(True),
        "settinglang": text(""),
    }
)
BATCH_PARAMETERS = {"requests": Parameter(ListOf(_REQUEST))}


def answer_batch(requests: list[Row], call: Callable[[str, dict[str, Any]], str], *, base_url: str) -> Row:
    """The answers up to and including the first failure; what ``call`` writes stays inside a string."""
    responses: list[Row] = []
    for request in requests:
        try:
            told = call(request["function"], _arguments(request["arguments"]))
        except MoodleError as error:
            responses.append({"error": True, "exception": to_json(error.batched(base_url))})
            break
        responses.append({"error": False, "data": told})
    return {"responses": responses}


def _arguments(sent: str) -> dict[str, Any]:
    try:
        arguments = json.loads(sent)
    except ValueError as error:
        raise invalid_parameter() from error
    if arguments == []:  # PHP knows no difference between an empty list and an empty object
        return {}
    if not isinstance(arguments, dict):
        raise invalid_parameter()
    return arguments

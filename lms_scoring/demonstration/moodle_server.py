"""The Moodle behind the HTTP door: tokens, services, formats, batches and the time it all takes."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any

from lms_scoring.demonstration.costs import BATCH_SHARE, Costs
from lms_scoring.demonstration.moodle_answers.batch import BATCH, BATCH_PARAMETERS, answer_batch
from lms_scoring.demonstration.moodle_answers.registry import FUNCTIONS
from lms_scoring.demonstration.moodle_capabilities import after_losses, refuse_by_losses
from lms_scoring.demonstration.moodle_changes.registry import make_change
from lms_scoring.demonstration.moodle_errors import (
    MoodleError,
    access_exception,
    invalid_parameter,
    invalid_record,
    invalid_token,
    not_modelled,
)
from lms_scoring.demonstration.moodle_format import error_to_xml, to_json, to_xml
from lms_scoring.demonstration.moodle_model import MoodleModel, Row
from lms_scoring.demonstration.moodle_parameters import read_parameters, unfold
from lms_scoring.demonstration.wire import Answer, Request, text_answer

WEB_SERVICE = "/webservice/rest/server.php"
EXISTING = frozenset({"core_user_create_users", "core_user_delete_users", "core_course_create_courses"})
"""Functions that a Moodle has and that no token here may call."""
UNLISTED = frozenset({"core_competency_get_scale_values"})
"""Recorded through another service: callable, though the recorded list of functions does not name it."""


Write = Callable[[Any], str]
WriteError = Callable[[MoodleError], str]


@dataclass(frozen=True)
class Service:
    """What a token may call, and what it is told that it may call."""

    callable: frozenset[str]
    listed: frozenset[str]


def services(model: MoodleModel, *, batching: bool) -> dict[str, Service]:
    """``full``: whatever there is, all listed, as any Moodle lists what a token may call; ``plain``: that
    without batching; ``recorded``: as it was, where the list is of one service and the calls of two.
    """
    names = frozenset(each["name"] for each in model.site_info["functions"])
    plain = names - {BATCH}
    recorded = names if batching else plain
    return {
        "full": Service(recorded | UNLISTED, recorded | UNLISTED),
        "plain": Service(plain | UNLISTED, plain | UNLISTED),
        "recorded": Service(recorded | UNLISTED, recorded),
    }


class MoodleServer:
    """Answers web-service requests out of the model; ``latency``: the share of the recorded time to wait."""

    def __init__(
        self,
        model: MoodleModel,
        tokens: Mapping[str, Service],
        *,
        costs: Costs,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model = model
        self.lock = RLock()
        self.requests: Counter[str] = Counter()
        self.inner: Counter[str] = Counter()
        self._tokens = tokens
        self._costs = costs
        self._latency = latency
        self._sleep = sleep

    def answer(self, request: Request) -> Answer:
        """The answer to one HTTP request."""
        if request.path != WEB_SERVICE:
            return text_answer("Not found", status=404)
        sent = request.parameters()
        if dict(sent).get("moodlewsrestformat") == "json":
            return text_answer(
                self._written(sent, to_json, _error_to_json), status=200, content_type="application/json"
            )
        told = self._written(sent, to_xml, error_to_xml)
        return text_answer(told, status=200, content_type="application/xml; charset=utf-8")

    def change(self, told: dict[str, Any]) -> Any:
        """Makes the change that ``told`` names while nobody reads. Raises ``ValueError``."""
        with self.lock:
            return make_change(self.model, told)

    def _written(self, sent: list[tuple[str, str]], write: Write, write_error: WriteError) -> str:
        try:
            return self._called(sent, write)
        except MoodleError as error:
            return write_error(error)

    def _called(self, sent: list[tuple[str, str]], write: Write) -> str:
        arguments = unfold(sent)
        token = arguments.pop("wstoken", "")
        function = arguments.pop("wsfunction", "")
        arguments.pop("moodlewsrestformat", None)
        self.requests[str(function)] += 1
        if token not in self._tokens:
            raise invalid_token()
        if not function:
            raise invalid_parameter()
        service = self._tokens[token]
        if function == BATCH and function in service.callable:
            return write(self._batch(arguments, service))
        return self._single(function, arguments, service, write)

    def _batch(self, arguments: Row, service: Service) -> Row:
        requests = read_parameters(BATCH_PARAMETERS, arguments)["requests"]

        def call(function: str, inner: dict[str, Any]) -> str:
            self.inner[function] += 1
            return self._single(function, inner, service, to_json, share=BATCH_SHARE)

        return answer_batch(requests, call, base_url=self.model.base_url)

    def _single(
        self, function: str, arguments: Row, service: Service, write: Write, *, share: float = 1.0
    ) -> str:
        if function not in service.callable:
            raise access_exception() if _exists(function) else invalid_record("external_functions")
        if function not in FUNCTIONS:
            raise not_modelled(function)
        known = FUNCTIONS[function]
        values = read_parameters(known.parameters, arguments)
        if self._latency:
            self._sleep(self._costs.of(function, values) * self._latency * share)
        with self.lock:
            refuse_by_losses(self.model, function)
            told = after_losses(self.model, function, known.answer(self.model, **values))
            if function == "core_webservice_get_site_info":
                told = _cut_to_service(told, service)
            return write(told)  # while the model stands still


def _exists(function: str) -> bool:
    return function in FUNCTIONS or function in EXISTING or function == BATCH


def _cut_to_service(site_info: Row, service: Service) -> Row:
    known = {each["name"]: each for each in site_info["functions"]}
    version = site_info["version"]
    added = [{"name": name, "version": version} for name in sorted(service.listed - known.keys())]
    return {**site_info, "functions": [row for name, row in known.items() if name in service.listed] + added}


def _error_to_json(error: MoodleError) -> str:
    return to_json(error.body())

"""A pull of the recorded course, sorted for looking things up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.moodle.client import MoodleClient
from adapters.moodle.functions import Function
from adapters.moodle.source import MoodleSource
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import Membership, Record
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.ports import Activity, Batch, Problem, ProblemKind, Scope

R = TypeVar("R", bound=Record)

NAME = "campus"
FIRST_USER = 2
"""Learner n of the course has the user id n + 2."""


class StoppedClock:
    """Always the same moment."""

    def now(self) -> int:
        return 1_795_290_000_000


def source_of(
    moodle: RunningMoodle, *, token: str | None = None, deadline: float = 30.0, course: str = "LC2024"
) -> MoodleSource:
    """A source of the recorded course; it waits for nothing between attempts."""
    http = HttpClient(
        platform=NAME,
        base_url=moodle.url,
        allowed_private=["127.0.0.1"],
        deadline=deadline,
        pause=lambda _: None,
    )
    client = MoodleClient(http, token=moodle.token if token is None else token)
    return MoodleSource(name=NAME, client=client, course=course, clock=StoppedClock())


class Edited(HttpClient):
    """Answers of a real stand-in, changed on their way: what other Moodles and other rights would say."""

    def __init__(self, moodle: RunningMoodle, edits: Mapping[Function, Callable[[Any], Any]]) -> None:
        super().__init__(platform=NAME, base_url=moodle.url, allowed_private=["127.0.0.1"])
        self._edits = edits

    def post(self, path: str, *, call: str | None = None, **options: Any) -> Answer:
        """The answer, edited; in a batch, each of its answers up to the first that is a refusal."""
        answer = super().post(path, call=call, **options)
        told = json.loads(answer.body)
        if call == Function.BATCH:
            functions = [value for name, value in options["form"].items() if name.endswith("][function]")]
            told = {"responses": list(self._edited(functions, told["responses"]))}
        else:
            told = self._edit(call or "", told)
        return replace(answer, body=json.dumps(told).encode())

    def _edit(self, function: str, told: Any) -> Any:
        return self._edits.get(Function(function), lambda same: same)(told)

    def _edited(self, functions: Sequence[str], responses: Sequence[Any]) -> Iterator[Any]:
        for function, response in zip(functions, responses, strict=False):
            if response["error"]:
                yield response
                return
            told = self._edit(function, json.loads(response["data"]))
            if "exception" in told:
                yield {"error": True, "exception": json.dumps(told)}
                return
            yield {"error": False, "data": json.dumps(told)}


def edited_source(moodle: RunningMoodle, **edits: Callable[[Any], Any]) -> MoodleSource:
    """A source whose answers are edited, by the names of the functions."""
    http = Edited(moodle, {Function[name]: edit for name, edit in edits.items()})
    client = MoodleClient(http, token=moodle.token)
    return MoodleSource(name=NAME, client=client, course="LC2024", clock=StoppedClock())


@dataclass(frozen=True)
class Pulled:
    """What one pull yielded; of two records with one id the later holds."""

    url: str
    batches: Sequence[Batch]

    @property
    def records(self) -> dict[tuple[str, str], Record]:
        """All records by kind and id."""
        return {
            (type(record).__name__, record.id): record for batch in self.batches for record in batch.records
        }

    @property
    def people(self) -> dict[str, KnownPerson]:
        """Everybody by id."""
        return {person.id: person for batch in self.batches for person in batch.people}

    @property
    def problems(self) -> list[Problem]:
        return [problem for batch in self.batches for problem in batch.problems]

    @property
    def whole(self) -> list[Scope]:
        return [scope for batch in self.batches for scope in batch.whole]

    @property
    def activities(self) -> dict[str, Activity]:
        return {activity.id: activity for batch in self.batches for activity in batch.activities}

    @property
    def cursor(self) -> str:
        cursor = self.batches[-1].cursor
        assert cursor is not None
        return cursor

    def cursor_without_time(self) -> dict[str, object]:
        """The cursor but for when it was made, and whose turn it was to be asked about."""
        told = json.loads(self.cursor).items()
        return {name: value for name, value in told if name not in ("since", "turn")}

    def codes(self, kind: ProblemKind) -> set[str]:
        """The codes of the problems of one kind."""
        return {problem.code for problem in self.problems if problem.kind is kind}

    def account(self, learner: int) -> str:
        """The account of learner n."""
        return account(self.url, str(learner + FIRST_USER))

    def all(self, kind: type[R]) -> list[R]:
        """All records of one kind."""
        found: list[R] = [record for record in self.records.values() if isinstance(record, kind)]
        return found

    def of(self, learner: int, kind: type[R], activity: int | str | None = None) -> list[R]:
        """Learner n's records of one kind, in one activity."""
        found: list[R] = [
            record
            for record in self.records.values()
            if isinstance(record, kind) and getattr(record, "person", None) == self.account(learner)
        ]
        if activity is None:
            return found
        return [record for record in found if str(activity) == _place(record)]

    def memberships(self, learner: int) -> set[tuple[str, str | None, str]]:
        """Learner n's roles, classes and states."""
        return {(str(each.role), each.class_, str(each.status)) for each in self.of(learner, Membership)}


def pulled(
    source: MoodleSource, moodle: RunningMoodle, *, cursor: str | None = None, full: bool = False
) -> Pulled:
    """Everything that a pull yields."""
    return Pulled(moodle.url, list(source.pull(cursor, full=full)))


def _place(record: Record) -> str | None:
    return getattr(record, "activity", None) or getattr(record, "forum", None)

"""The gradebook of a course (Assignment and Grade Services 2.0): our column, what it has, a grade into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from adapters.lti.origins import beneath, filtered
from adapters.lti.payloads import Column, NewColumn, ResultOf, Score, exact, read, written
from adapters.lti.receipts import receipt_for, receipt_of
from adapters.lti.service import Asked, Service, error_of, same_origin
from lms_scoring.domain.errors import PlatformError, PlatformRefused
from lms_scoring.domain.figures import cut
from lms_scoring.domain.gradebook import MAXIMUM, RESOURCE_ID, TAG, Grade, LineItem, Receipt, Result
from lms_scoring.domain.launch import GradeService
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import Scope

_OURS = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE)
_READS_COLUMNS = frozenset({Scope.LINE_ITEM, Scope.LINE_ITEM_READ})
_GONE = (404, 410)
_COLUMN = "application/vnd.ims.lis.v2.lineitem+json"
_COLUMNS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"


class CourseGradebook:
    """Implements `Gradebook` for one course, with what its latest launch granted. Safe to use from several
    threads.

    `limit` is never asked for: a Moodle answers it with a broken page. A column is never changed: a Moodle
    rescales what is in it and makes 0 of nothing.
    """

    def __init__(
        self, service: Service, registration: Registration, grades: GradeService, *, used: str | None = None
    ) -> None:
        """`used` is the column that grades went into so far."""
        self._service = service
        self._registration = registration
        self._grades = grades
        self._used = used
        self._scopes = frozenset(grades.scopes) & set(_OURS)

    def line_item(self, *, label: str) -> LineItem:
        """Our column, found or made. Raises PlatformError.

        Where we may make none (a Moodle's "grade sync only"), it is the one that an activity has by itself;
        of several activities the one whose column was used before, as long as it is there.
        """
        url = self._grades.line_items
        found: list[LineItem] = []
        if url is not None and self._scopes & _READS_COLUMNS:
            found = sorted(self._fitting(url), key=_age)
        if found:
            return replace(found[0], twins=tuple(one.url for one in found[1:]))
        if url is not None and Scope.LINE_ITEM in self._scopes:
            return self._made(url, label)
        if self._grades.line_item is not None:
            own = self._used_before() or self._grades.line_item
            return LineItem(url=own, label="", maximum=Fraction(MAXIMUM))
        raise _no_right("line items")

    def results(self, line_item: str) -> list[Result]:
        """What the column has, of everybody whom it knows. Raises PlatformError."""
        return list(self._results(line_item))

    def result(self, line_item: str, subject: str) -> Result:
        """What the column has of one learner; a score of None where it has nothing. Raises PlatformError.

        A platform that does not know the filter answers for everybody.
        """
        for result in self._results(line_item, user_id=subject):
            if result.subject == subject:
                return result
        return Result(subject=subject, score=None)

    def send(self, line_item: str, grade: Grade) -> Receipt:
        """Sends a grade once and says what became of it.

        REFUSED is said of this grade only. What is wrong with the platform, its token or our rights is LATER
        with the reason: one mistake in a setting must not need a person's hand for every learner.
        """
        try:
            asked = self._asked("score", accept="*/*", needed=Scope.SCORE)
            url = beneath(self._in_service(line_item, asked), "scores")
            answer = self._service.post(url, written(_score(grade)), asked, media_type=_SCORE)
        except PlatformError as error:
            return receipt_for(error)
        return receipt_of(answer)

    def _used_before(self) -> str | None:
        """The column of another activity than the one launched last, unless it is gone or cannot be asked
        for: a column that changed with every launch would be filled anew each time."""
        if self._used in (None, self._grades.line_item) or not self._scopes & _READS_COLUMNS:
            return None
        asked = self._asked("line item", accept=_COLUMN)
        answer = self._service.get(self._in_service(self._used, asked), asked)
        if answer.status in _GONE:
            return None
        if not 200 <= answer.status < 300:
            raise error_of(answer, platform=self._service.platform(self._used), call=asked.call)
        return self._used

    def _fitting(self, url: str) -> Iterator[LineItem]:
        """Those that are ours; looked through here too, because a platform may not know the filters."""
        asked = self._asked("line items", accept=_COLUMNS)
        platform = self._service.platform(url)
        for page in self._service.pages(filtered(url, resource_id=RESOURCE_ID, tag=TAG), asked):
            for one in read(page, list[Column], platform=platform, call=asked.call):
                if (one.resource_id, one.tag) == (RESOURCE_ID, TAG):
                    yield self._line_item(one, asked, platform)

    def _made(self, url: str, label: str) -> LineItem:
        asked = self._asked("new line item", accept=_COLUMN, needed=Scope.LINE_ITEM)
        body = written(NewColumn(label=label, score_maximum=MAXIMUM, resource_id=RESOURCE_ID, tag=TAG))
        answer = self._service.post(url, body, asked, media_type=_COLUMN)
        platform = self._service.platform(url)
        if not 200 <= answer.status < 300:
            raise error_of(answer, platform=platform, call=asked.call)
        return self._line_item(read(answer, Column, platform=platform, call=asked.call), asked, platform)

    def _line_item(self, column: Column, asked: Asked, platform: str) -> LineItem:
        maximum = Decimal(MAXIMUM) if column.score_maximum is None else column.score_maximum
        return LineItem(
            url=self._in_service(column.id, asked),
            label=column.label or "",
            maximum=exact(maximum, platform=platform, call=asked.call),
        )

    def _results(self, line_item: str, **filters: str) -> Iterator[Result]:
        asked = self._asked("results", accept=_RESULTS, needed=Scope.RESULT_READ)
        url = filtered(beneath(self._in_service(line_item, asked), "results"), **filters)
        platform = self._service.platform(url)
        for page in self._service.pages(url, asked):
            for one in read(page, list[ResultOf], platform=platform, call=asked.call):
                yield _result(one, platform)

    def _asked(self, call: str, *, accept: str, needed: Scope | None = None) -> Asked:
        if needed is not None and needed not in self._scopes:
            raise _no_right(call)
        return Asked(registration=self._registration, scopes=self._scopes, accept=accept, call=call)

    def _in_service(self, url: str, asked: Asked) -> str:
        trusted = self._grades.line_items or self._grades.line_item
        if trusted is None:
            raise _no_right(asked.call)
        return same_origin(url, trusted, call=asked.call)


def _score(grade: Grade) -> Score:
    at = datetime.fromtimestamp(grade.at, UTC)
    return Score(
        user_id=grade.subject,
        score_given=Decimal(cut(grade.given)),
        score_maximum=MAXIMUM,
        activity_progress="Completed",
        grading_progress="FullyGraded",
        # sub-seconds are prescribed (3.4.1.3); Moodle compares whole seconds, so they are always none
        timestamp=at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        comment=grade.comment,
    )


def _result(one: ResultOf, platform: str) -> Result:
    """A score without a maximum is one of 1 (3.3.4.4)."""
    score, maximum = one.result_score, one.result_maximum
    if score is not None and maximum is None:
        maximum = Decimal(1)
    return Result(
        subject=str(one.user_id),
        score=None if score is None else exact(score, platform=platform, call="results"),
        maximum=None if maximum is None else exact(maximum, platform=platform, call="results"),
        comment=one.comment,
    )


def _age(item: LineItem) -> list[tuple[int, str]]:
    """Platforms number their line items, so the least number is the oldest; 9 comes before 15."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,18})", item.url)]


def _no_right(call: str) -> PlatformRefused:
    return PlatformRefused(
        "LTI platform",
        call,
        "the course's launch gives us no right to this; switch the grade service on in the tool's settings "
        'there (in Moodle: Services > "Use this service for grade sync and column management") and open '
        "the tool from the course once",
    )

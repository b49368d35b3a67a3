"""What a platform's answer to a grade means, in plain words (Assignment and Grade Services 2.0, 3.4.7)."""

from __future__ import annotations

from adapters.answers import Answer
from adapters.lti.payloads import is_page
from lms_scoring.domain.errors import PlatformBusy, PlatformError
from lms_scoring.domain.gradebook import Receipt, Reception


def receipt_of(answer: Answer) -> Receipt:
    """What an answer means. 202 and 204 are successes too."""
    if 200 <= answer.status < 300:
        if is_page(answer):
            return Receipt(reception=Reception.LATER, reason=_PAGE)
        return Receipt(reception=Reception.ACCEPTED)
    if answer.status == 409:
        return Receipt(reception=Reception.NEWER_THERE, reason=_NEWER)
    if answer.status in _LATER:
        return Receipt(reception=Reception.LATER, reason=f"HTTP {answer.status}: {_LATER[answer.status]}")
    meaning = _REFUSED.get(answer.status, "the platform refused the grade without a reason that is known")
    return Receipt(reception=Reception.REFUSED, reason=f"HTTP {answer.status}: {meaning}")


def receipt_for(error: PlatformError) -> Receipt:
    """For a grade that found no answer."""
    wait = error.wait if isinstance(error, PlatformBusy) else None
    return Receipt(reception=Reception.LATER, reason=error.reason, wait=wait)


_PAGE = "a web page came instead of an answer; it is sent again later"
_NEWER = (
    "HTTP 409: the gradebook has a newer grade: a teacher changed it there, or an earlier sending did arrive"
)
_LATER = {
    401: "the platform does not accept a fresh token for scores; check the tool's services there",
}
_REFUSED = {
    400: "the platform takes no grade for this person. A Moodle says so of who is no learner of the course "
    "there: a teacher or tutor, somebody unenrolled, a deleted account. Check the enrolment, then send again",
    403: "the platform forbids this grade: the column is locked or closed, or grading by the tool was "
    "switched off. Check the gradebook's settings, then send again",
    404: "the column or the person is no longer there: a Moodle says so when the column was deleted or the "
    "person is no longer in the course. Check both, then send again",
    410: "the column or the person is gone from the course. Check both, then send again",
    422: "the platform cannot use a grade for this person, mostly because they are no longer in the course. "
    "Check the enrolment, then send again",
}

"""What a platform's answer to a grade means (Assignment and Grade Services 2.0, 3.4.7)."""

from __future__ import annotations

from adapters.answers import Answer
from adapters.lti.payloads import is_page
from lms_scoring.domain.errors import PlatformBusy, PlatformError
from lms_scoring.domain.gradebook import Receipt, Reception, Unsent


def receipt_of(answer: Answer) -> Receipt:
    """What an answer means. 202 and 204 are successes too."""
    if 200 <= answer.status < 300:
        if is_page(answer):
            return Receipt(reception=Reception.LATER, reason=Unsent.A_PAGE.value)
        return Receipt(reception=Reception.ACCEPTED)
    reception, reason = _MEANINGS.get(answer.status, (Reception.REFUSED, None))
    return Receipt(reception=reception, reason=f"HTTP {answer.status}" if reason is None else reason.value)


def receipt_for(error: PlatformError) -> Receipt:
    """For a grade that found no answer."""
    wait = error.wait if isinstance(error, PlatformBusy) else None
    return Receipt(reception=Reception.LATER, reason=error.reason, wait=wait)


_MEANINGS: dict[int, tuple[Reception, Unsent]] = {
    400: (Reception.REFUSED, Unsent.NOT_TAKEN),
    401: (Reception.LATER, Unsent.NO_TOKEN),
    403: (Reception.REFUSED, Unsent.FORBIDDEN),
    404: (Reception.REFUSED, Unsent.NOT_THERE),
    409: (Reception.NEWER_THERE, Unsent.NEWER_THERE),
    410: (Reception.REFUSED, Unsent.GONE),
    422: (Reception.REFUSED, Unsent.UNUSABLE),
}

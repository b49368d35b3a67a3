"""What a form says about one work: recommend it, or take that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain.proceedings.proceeding import plainly
from lms_scoring.services.deciding.recommend import Recommend, TakeBack
from lms_scoring.services.signing import signature
from lms_scoring.services.viewing.tutor_desk import Candidate

TAKE_BACK = "take_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is to be done with a work; a reason is needed for whatever changes an earlier word."""

    takes_back: bool
    needs_reason: bool
    reason: str
    was_asked: bool
    """Whether the form had a field for the reason."""

    @property
    def asks_first(self) -> bool:
        """Whether there is nothing to show yet, because nobody was asked for the reason."""
        return self.needs_reason and not self.was_asked

    def wish(self, candidate: Candidate) -> Recommend | TakeBack:
        """Raises CannotBeDecided for want of a usable reason."""
        tutor, work = candidate.tutor, candidate.submission
        if self.takes_back:
            return TakeBack(person=tutor, submission=work, signed=signature(tutor, self.reason))
        signed = signature(tutor, self.reason) if self.needs_reason else None
        return Recommend(person=tutor, submission=work, signed=signed)


def advice_in(form: Mapping[str, str], candidate: Candidate) -> Advice | None:
    """What the form wants of this work; None where the form says nothing of the kind."""
    if form.get("do") not in ("recommend", TAKE_BACK):
        return None
    takes_back = form["do"] == TAKE_BACK
    return Advice(
        takes_back=takes_back,
        needs_reason=takes_back or candidate.was_taken_back,
        reason=plainly(form.get("reason", "")),
        was_asked="reason" in form,
    )

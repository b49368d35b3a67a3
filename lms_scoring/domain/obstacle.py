"""Why something that people decide or sign here cannot be done, as a value that pages have words for."""

from __future__ import annotations

from enum import StrEnum


class Obstacle(StrEnum):
    """What stands in the way."""

    NO_REASON = "no_reason"
    """Others must be able to read later why it was done."""
    TOO_LONG = "too_long"
    """The reason is longer than what is kept."""
    NAMES_PERSON = "names_person"
    """The reason names who is erased, and it stays."""
    NAMELESS = "nameless"
    """An operator needs a name."""

    STALE = "stale"
    """What was shown before is no longer so."""
    AWAITED = "awaited"
    """Cards by the rules taken on last are still to be made; how many is told beside it."""
    CLOSED = "closed"
    """The course is: its cards change by corrections alone, and coordinators make those."""
    OPEN = "open"
    """The course was not closed, so it is not reopened."""
    NOT_OVER = "not_over"
    """The window lasts; what is done until its end counts."""

    OWN_SCORE = "own_score"
    """Nobody decides about it."""
    OWN_DUTY = "own_duty"
    """Who must mark a work does not do away with it."""
    OWN_ACCOUNT = "own_account"
    """Nobody joins an account to themselves, or parts their own."""
    OWN_PERSON = "own_person"
    """Nobody erases the own person."""
    OWN_ROLE = "own_role"
    """Nobody takes the own role of administrator back."""
    NOT_ENTITLED = "not_entitled"
    """Who decides neither guides a class in which the person is now nor has a role in the course, or the
    record is on no card about which who decides may."""
    SETTLED = "settled"
    """A second person settled a case about it, and who decided first does not decide against that."""
    NO_TUTOR = "no_tutor"
    """Only tutors recommend."""

    IMPOSSIBLE = "impossible"
    """Such a thing is not done to a record, or not to a criterion."""
    BAD_POINTS = "bad_points"
    """No number from 0 to the criterion's most, or one with too many decimals."""
    NO_CRITERION = "no_criterion"
    """The person is not scored by it."""
    NO_RECORD = "no_record"
    """The person has none such that counts as anything."""
    OF_ANOTHER = "of_another"
    """The record is another person's, or the work of a class that others guide."""
    NOTHING_TO_UNDO = "nothing_to_undo"
    """Nothing was decided, or recommended, that could be taken back."""
    NO_ACCOUNT = "no_account"
    """There is none such that is nobody's."""
    TAKEN = "taken"
    """The account is somebody's already."""
    COUNTS_FOR_NOTHING = "counts_for_nothing"
    """It does not count anyway: a flooding post, a work that is not handed in."""

    @property
    def is_of_the_reason(self) -> bool:
        """Whether another reason is all it takes."""
        return self in (Obstacle.NO_REASON, Obstacle.TOO_LONG, Obstacle.NAMES_PERSON)

    @property
    def is_of_what_was_said(self) -> bool:
        """Whether it stands in the wish alone, whatever is so here; else in what is so now."""
        return self.is_of_the_reason or self in (Obstacle.NAMELESS, Obstacle.IMPOSSIBLE, Obstacle.BAD_POINTS)

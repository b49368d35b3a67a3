"""Why something that is there could not be read: what adapters say of it, and cards after them.

A record of evidence may give somebody's own words instead: files do, and what older versions stored.
"""

from __future__ import annotations

from enum import StrEnum


class Unread(StrEnum):
    """Why; pages say it in their reader's language. Numbers and names stay with the report of the sync."""

    SUBMISSION_UNREADABLE = "submission_unreadable"
    """There is a mark of somebody in the course, and no hand-in."""
    HAND_INS_OF_LEAVER = "hand_ins_of_leaver"
    """The hand-ins of people who left the course are not given."""
    TEAM_SUBMISSION = "team_submission"
    """Whoever handed in did so with a group."""
    MARK_UNREADABLE = "mark_unreadable"
    """There is a hand-in, and its mark cannot be read."""
    EARLIER_ATTEMPTS = "earlier_attempts"
    """Earlier attempts at a hand-in were not given."""
    MARKED_UNSEEN = "marked_unseen"
    """Statements tell of a mark, and of no hand-in before it."""
    ATTEMPT_REFUSED = "attempt_refused"
    """There is an attempt at a package, and it is not given."""
    ATTEMPT_UNREADABLE = "attempt_unreadable"
    """There is an attempt at a package, and nothing in it."""
    TIME_UNREADABLE = "time_unreadable"
    """The time that an attempt tells is no time."""
    SESSIONS_REFUSED = "sessions_refused"
    """How long somebody who is suspended was in a lesson is not given."""
    PERSON_DELETED = "person_deleted"
    """Nothing is given of a deleted account."""
    TOPIC_REFUSED = "topic_refused"
    """There is a topic, and its posts are not given."""
    EVIDENCE_UNREADABLE = "evidence_unreadable"
    """What came of the person has not the shape that is known."""
    NOT_JOINABLE = "not_joinable"
    """The person is known by a number alone, and another source knows people by names."""

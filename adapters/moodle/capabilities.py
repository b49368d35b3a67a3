"""Which capability each function needs, found by dropping them one by one from a real service account."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.moodle.functions import Function

NEEDS: Mapping[str, str] = MappingProxyType(
    {
        Function.COURSE_CONTENTS: "moodle/course:view",
        Function.UPDATES_SINCE: "moodle/course:view",
        Function.ENROLLED_USERS: "moodle/course:view, moodle/course:enrolreview, moodle/user:viewdetails and "
        "moodle/site:accessallgroups",
        Function.GRADABLE_USERS: "moodle/course:viewparticipants and moodle/course:viewsuspendedusers",
        Function.USERS_BY_FIELD: "moodle/user:viewdetails",
        Function.ASSIGNMENTS: "mod/assign:view",
        Function.SUBMISSIONS: "mod/assign:view, mod/assign:viewgrades and moodle/site:accessallgroups",
        Function.GRADES: "mod/assign:view, mod/assign:viewgrades and moodle/site:accessallgroups",
        Function.USER_FLAGS: "mod/assign:grade (a writing one; Moodle shows extensions to nobody else)",
        Function.PARTICIPANT: "mod/assign:viewgrades and moodle/site:accessallgroups",
        Function.SUBMISSION_STATUS: "mod/assign:viewgrades",
        Function.FORUMS: "mod/forum:viewdiscussion",
        Function.DISCUSSIONS: "mod/forum:viewdiscussion and moodle/site:accessallgroups",
        Function.DISCUSSION_POSTS: "mod/forum:viewdiscussion, mod/forum:viewqandawithoutposting, "
        "mod/forum:readprivatereplies and moodle/site:accessallgroups",
        Function.SCOES: "moodle/course:view",
        Function.ATTEMPT_COUNT: "mod/scorm:viewreport",
        Function.SCO_TRACKS: "mod/scorm:viewreport",
        Function.LESSON_OVERVIEW: "mod/lesson:viewreports",
        Function.LESSON_TIMERS: "mod/lesson:viewreports",
        Function.DATABASE_ENTRIES: "mod/data:viewentry, moodle/site:accessallgroups and, for a database with "
        "opening or closing dates, mod/data:manageentries (Moodle shows its entries to nobody else then)",
        Function.H5P_ATTEMPTS: "mod/h5pactivity:reviewattempts",
        Function.BLOG_ENTRIES: "moodle/blog:view",
    }
)


def what_to_do(function: str) -> str:
    """What a person does so that the function answers."""
    needs = NEEDS.get(function)
    also = "" if needs is None else f", and give the service account's role {needs} in the course"
    return f"Add {function} to the external service{also}"

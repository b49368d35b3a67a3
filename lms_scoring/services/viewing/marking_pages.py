"""Where a platform's own page for marking a work is: so far of a Moodle's assignments, and never a guess."""

from __future__ import annotations

from lms_scoring.domain.evidence import Submission
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.ports import Activity

_ASSIGNMENT = "assign"
"""What a Moodle calls the activities that have such a page."""


def marking_page(work: Submission, owner: KnownPerson, activity: Activity | None) -> str | None:
    """The address of the grader at this learner's work; None where it is not surely known.

    It is known where the source lists the activity as an assignment, and the person by a number: then the
    source is a Moodle, the activity's id its course module, and its address the home of the person's account.
    """
    source, user = work.source, owner.id.rpartition("-")[2]
    is_assignment = activity is not None and activity.kind == _ASSIGNMENT and activity.id.isdecimal()
    if not is_assignment or not user.isdecimal() or owner.id != f"{source}-{user}":
        return None
    home = next((_home(one) for one in owner.accounts if account(_home(one), user) == one), "")
    if not home.startswith(("https://", "http://")):
        return None
    return f"{home}/mod/assign/view.php?id={work.activity}&action=grader&userid={user}"


def _home(known_by: str) -> str:
    """The home page in an account on a platform; nothing in any other kind of account."""
    kind, _, rest = known_by.partition(":")
    return rest.rpartition("|")[0] if kind == "account" else ""

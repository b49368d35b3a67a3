"""The kinds of Moodle's activities, by their modules: what they may count as, and where they are marked."""

from __future__ import annotations

from collections.abc import Mapping

from lms_scoring.domain.evidence import Purpose, Submission
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.ports import Activity, Uses

_ASSIGNMENT = "assign"
"""The only module that has a page for marking one learner's work."""
_TASKS = frozenset({Purpose.HOMEWORK, Purpose.JOURNAL})
_FORUMS = frozenset({Purpose.POSTS, Purpose.BULLETINS})
_TIME = frozenset({Purpose.STUDY_TIME})
_USES: Mapping[str, Uses] = {
    _ASSIGNMENT: Uses(may_be=_TASKS, usual=_TASKS),
    "data": Uses(may_be=_TASKS),
    "blog": Uses(may_be=_TASKS),
    "forum": Uses(may_be=_FORUMS, usual=_FORUMS),
    "scorm": Uses(may_be=_TIME, usual=_TIME),
    "lesson": Uses(may_be=_TIME),
    "h5pactivity": Uses(may_be=_TIME),
}
"""The modules that web services tell evidence of."""
_NONE = Uses()


class MoodleActivityKinds:
    """What is known of them without asking the Moodle."""

    def uses(self, kind: str) -> Uses:
        """Nothing of a module whose entries no web service gives."""
        return _USES.get(kind, _NONE)

    def marking_page(self, work: Submission, owner: KnownPerson, activity: Activity) -> str | None:
        """The address of the grader at this learner's work; None where it is not surely known.

        It is known where the activity is an assignment, and the person one of the same Moodle by a number:
        the activity's id is its course module then, and the Moodle's address the home of the account.
        """
        source, user = work.source, owner.id.rpartition("-")[2]
        is_assignment = activity.kind == _ASSIGNMENT and activity.id.isdecimal()
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

"""All that one launch is about, as a value."""

from dataclasses import dataclass

from lms_scoring.demonstration.lti.accounts import Account
from lms_scoring.demonstration.lti.state import Activity, Course, Intent, LtiState, Tool
from lms_scoring.demonstration.moodle_model import MoodleModel


@dataclass(frozen=True)
class Launching:
    """A launch on its way; ``activity`` None: somebody chooses content for a course."""

    model: MoodleModel
    state: LtiState
    intent: Intent
    tool: Tool
    course: Course
    account: Account
    activity: Activity | None
    sesskey: str
    nonce: str

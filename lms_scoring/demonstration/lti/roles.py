"""The roles that a launch names: one word for tutor, manager and whoever learns and teaches alike."""

from lms_scoring.demonstration.lti.accounts import ADMINISTRATOR, teaches
from lms_scoring.demonstration.moodle_model import MoodleModel

_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/"
LEARNER = _VOCABULARY + "membership#Learner"
INSTRUCTOR = _VOCABULARY + "membership#Instructor"
ADMINISTRATOR_ROLES = (
    _VOCABULARY + "institution/person#Administrator",
    INSTRUCTOR,
    _VOCABULARY + "system/person#Administrator",
)


def launch_roles(model: MoodleModel, user: int) -> list[str]:
    """The roles in an id_token."""
    if user == ADMINISTRATOR.id:
        return list(ADMINISTRATOR_ROLES)
    return [INSTRUCTOR if teaches(model, user) else LEARNER]


def short_roles(model: MoodleModel, user: int) -> str:
    """The same in the words of LTI 1.1, for ``$Membership.role``."""
    if user == ADMINISTRATOR.id:
        return "Instructor,urn:lti:sysrole:ims/lis/Administrator,urn:lti:instrole:ims/lis/Administrator"
    return "Instructor" if teaches(model, user) else "Learner"

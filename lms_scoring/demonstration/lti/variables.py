"""Custom parameters: known variables are filled in, unknown ones stay as they were written."""

from collections.abc import Callable

from lms_scoring.demonstration.lti.accounts import groups_of
from lms_scoring.demonstration.lti.launch import Launching
from lms_scoring.demonstration.lti.roles import short_roles


def filled(value: str, launching: Launching) -> str:
    """What the tool is told for what its author wrote; only a whole variable is filled in."""
    variable = value.removeprefix("$")
    if value.startswith("$") and variable in VARIABLES:
        return VARIABLES[variable](launching)
    return value


def _group_ids(launching: Launching) -> str:
    groups = groups_of(launching.model, launching.account.id, launching.course)
    return ",".join(str(group) for group in groups)


def _history(launching: Launching) -> str:
    return ",".join(str(course) for course in launching.course.ancestors)


VARIABLES: dict[str, Callable[[Launching], str]] = {
    "Context.id": lambda it: str(it.course.id),
    "Context.title": lambda it: it.course.title,
    "Context.label": lambda it: it.course.label,
    "Context.sourcedId": lambda it: it.course.idnumber,
    "Context.id.history": _history,
    "CourseSection.title": lambda it: it.course.title,
    "CourseSection.label": lambda it: it.course.label,
    "CourseSection.sourcedId": lambda it: it.course.idnumber,
    "ResourceLink.id": lambda it: "" if it.activity is None else str(it.activity.instance),
    "ResourceLink.title": lambda it: "" if it.activity is None else it.activity.title,
    "ResourceLink.description": lambda it: "" if it.activity is None else it.activity.description,
    "User.id": lambda it: str(it.account.id),
    "User.username": lambda it: it.account.username,
    "Person.name.full": lambda it: it.account.name,
    "Person.name.given": lambda it: it.account.given,
    "Person.name.family": lambda it: it.account.family,
    "Person.email.primary": lambda it: it.account.email,
    "Person.sourcedId": lambda it: it.account.idnumber,
    "Membership.role": lambda it: short_roles(it.model, it.account.id),
    "Moodle.Person.userGroupIds": _group_ids,
}
"""Those that are filled in, of the many more that the platform's configuration lists."""

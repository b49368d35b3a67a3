"""Roles of a launch: only those of the course decide, and only known words of the vocabulary.

An institution's Instructor may be a learner in this course, so institution and system roles never make
anybody staff (LTI Core 1.3, A.2). Platforms also send the short form (`Instructor`), which is deprecated.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.domain.launch import LaunchRoles

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
_INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
_OLD = "urn:lti:role:ims/lis/"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

_STAFF = frozenset({"Instructor", "ContentDeveloper", "Manager", "Officer", "Administrator"})
_LEARNER = frozenset({"Learner", "Member"})
_PARTS = {
    "Instructor": frozenset(
        [
            "ExternalInstructor",
            "Grader",
            "GuestInstructor",
            "Lecturer",
            "PrimaryInstructor",
            "SecondaryInstructor",
            "TeachingAssistant",
            "TeachingAssistantGroup",
            "TeachingAssistantOffering",
            "TeachingAssistantSection",
            "TeachingAssistantTemplate",
        ]
    ),
    "Learner": frozenset(["ExternalLearner", "GuestLearner", "Learner", "NonCreditLearner"]),
}
"""Sub-roles of a course that are what their principal role is."""


def launch_roles(uris: Iterable[str]) -> LaunchRoles:
    """Reads role URIs; unknown ones are ignored, as the specification wants."""
    learner = staff = administrator = test_user = False
    for uri in uris:
        word = _context_role(uri)
        staff = staff or word in _STAFF
        learner = learner or word in _LEARNER
        administrator = administrator or word == "Administrator" or _administers(uri)
        test_user = test_user or uri == _TEST_USER
    return LaunchRoles(learner=learner, staff=staff, administrator=administrator, test_user=test_user)


def _context_role(uri: str) -> str:
    """The principal word of a course role; empty for any other role."""
    if uri.startswith(_MEMBERSHIP + "/"):
        word, _, part = uri.removeprefix(_MEMBERSHIP + "/").partition("#")
        return word if part in _PARTS.get(word, ()) else ""
    if uri.startswith(_OLD):
        word, _, part = uri.removeprefix(_OLD).partition("/")
        return word if not part or part in _PARTS.get(word, ()) else ""
    word = uri.removeprefix(_MEMBERSHIP + "#")
    return word if word in _STAFF | _LEARNER else ""


def _administers(uri: str) -> bool:
    """An administrator of the platform may claim a course nobody has set up; nothing more."""
    return uri in (_SYSTEM + "Administrator", _SYSTEM + "SysAdmin", _INSTITUTION + "Administrator")

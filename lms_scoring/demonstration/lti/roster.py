"""Names and Roles: the members of a course as a Moodle lists them, tutors among the learners."""

from typing import Any

from lms_scoring.demonstration.lti.accounts import ADMINISTRATOR, Account, manages, members_of
from lms_scoring.demonstration.lti.claims import SITE_SHORT_NAME, memberships_url, result_source
from lms_scoring.demonstration.lti.names import BASIC_OUTCOME, LTI, MEMBERSHIPS_TYPE, MODULE
from lms_scoring.demonstration.lti.service_calls import Call, answered
from lms_scoring.demonstration.lti.service_errors import ServiceError
from lms_scoring.demonstration.lti.state import Activity
from lms_scoring.demonstration.wire import Answer

ADMINISTRATOR_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"


def roster(call: Call) -> Answer:
    """The members; ``limit`` and ``from`` cut, ``role`` is lost on the next page, ``rlid`` adds messages."""
    link = _link(call)
    course = call.state.courses.get(call.course)
    people = members_of(call.model, call.course, course)
    if "role" in call.parameters:
        asked = call.parameters["role"].rpartition("#")[2]
        people = [each for each in people if _roles(each)[0] == asked]
    first, limit = call.number("from"), call.number("limit")
    shown = people[first : first + limit] if limit else people[first:]
    url = memberships_url(call.model, call.course, call.tool.id)
    title, label = call.model.site_info["sitename"], SITE_SHORT_NAME
    if course is not None:
        title, label = course.title, course.label
    told = {
        "id": url,
        "context": {"id": str(call.course), "label": label, "title": title},
        "members": [_member(call, each, link) for each in shown],
    }
    more = limit and first + limit < len(people)
    after = f'<{url}?limit={limit}&from={first + limit}>; rel="next"'
    return answered(told, MEMBERSHIPS_TYPE, headers={"Link": after} if more else {})


def _link(call: Call) -> Activity | None:
    if "rlid" not in call.parameters:
        return None
    asked = call.parameters["rlid"]
    for each in call.state.activities_of(call.course):
        if str(each.instance) == asked:
            return each
    raise ServiceError(404, f"Not Found: LTI link {asked} doesn't exist")


def _member(call: Call, account: Account, link: Activity | None) -> dict[str, Any]:
    told: dict[str, Any] = {"status": "Active", "roles": _roles(account)}
    if link is not None:
        source = result_source(call.state, link, account.id)
        service = {"lis_outcome_service_url": f"{call.model.base_url}{MODULE}service.php"}
        message = {
            LTI + "message_type": "LtiResourceLinkRequest",
            BASIC_OUTCOME + "claim/basicoutcome": source | service,
        }
        told["message"] = [message]
    told |= {"user_id": str(account.id), "lis_person_sourcedid": account.idnumber}
    if call.tool.shares_name:
        told |= {"name": account.name, "given_name": account.given, "family_name": account.family}
    if call.tool.shares_email:
        told["email"] = account.email
    return told | ({"ext_user_username": account.username} if call.tool.shares_name else {})


def _roles(account: Account) -> list[str]:
    if account.id == ADMINISTRATOR.id:
        return ["Instructor", ADMINISTRATOR_ROLE]
    return ["Instructor" if manages(account.id) else "Learner"]

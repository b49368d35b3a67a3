"""What is sent to each route that wants anything: the form that a page of ours, or a platform, would send
there, filled in with what the institution has.

Nothing is wrong with any of them, so whoever is refused is refused for who they are. What must have been seen
before (the mark of a preview) is read from the page that shows it, as somebody who may see that page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.registration import Registration
from lms_scoring.web.access.launch_cookies import state_cookie
from tests.fixtures.courses.claimed import CHOSEN, offer
from tests.integration.launches.two_tenants import COORDINATORS, GUIDES, ONE, ROSTER, TWO, mark
from tests.launches.platform import CLIENT, ISSUER, TARGET, claims, token

if TYPE_CHECKING:
    from tests.integration.launches.visiting import House

Arguments = Mapping[str, str | int]
REASON = "seen, and agreed with the office"
STATE, BROWSER = "state-of-a-login", "browser"
"""A login under way at each institution, and the secret of its browser."""
HELD = "code-of-who-was-held"
"""The code of somebody whose browser is still to show its secret."""
CRITERIA = {Role.LEARNER: "homework", Role.TUTOR: "discussion"}
"""Of each role one that nobody has contested."""
OTHER_RULES = offer("prefecture-three-bands").key
SET_UP = {"title": "研修课程", "scheme": offer().key, "record_store": ""}
BOUND = {f"{source} {activity}": purpose.value for (source, activity), purpose in CHOSEN.items()}
NEW = Registration(
    issuer="https://new.example",
    client_id="new",
    auth_url="https://new.example/auth",
    token_url="https://new.example/token",
    jwks_url="https://new.example/keys",
)
"""What a platform makes of us that registers by itself."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form, the parameters of an address, and cookies beside those that the browser has."""

    form: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


Right = Callable[["House", Arguments], Sent]


def right(house: House, endpoint: str, method: str, arguments: Arguments) -> Sent:
    """What is rightly sent there; nothing where nothing is wanted."""
    made = RIGHT.get((endpoint, method))
    return Sent() if made is None else made(house, arguments)


def variants(endpoint: str, arguments: Arguments) -> Sequence[Arguments]:
    """What a form itself names, beside what stands in its address."""
    course = arguments.get("course")
    here = [one for one in ROSTER if one.course == course]
    match endpoint:
        case "desks.recommend":
            return [{"submission": f"moodle/s-{one.id}"} for one in here if not one.guides] or [{}]
        case "disputes.offer" | "disputes.contest":
            parts = sorted({(one.role.value, one.class_) for one in here})
            return [{"role": role, "class": class_} for role, class_ in parts] or [{}]
        case "disputes.act":
            return [{"do": "keep"}, {"do": "withdraw"}]
        case "quarantines.say":
            return [{"do": "confirm"}, {"do": "refuse"}]
    return [{}]


def _plain(**fields: str) -> Right:
    return lambda house, arguments: Sent(form=fields)


def _recommended(house: House, arguments: Arguments) -> Sent:
    form = {"submission": str(arguments.get("submission", "")), "do": "recommend"}
    whose = next((one for one in ROSTER if f"moodle/s-{one.id}" == form["submission"]), None)
    path = f"/courses/{arguments['course']}/desk/recommending"
    seen = "" if whose is None else house.seen(path, form, by=f"moodle-{GUIDES[whose.class_]}")
    return Sent(form={**form, "seen": seen})


def _decided(house: House, arguments: Arguments) -> Sent:
    whose = next((one for one in ROSTER if one.key == arguments["person"]), ROSTER[0])
    form = {"criterion": CRITERIA[whose.role], "action": "exempt", "reason": REASON}
    path = f"/courses/{arguments['course']}/people/{arguments['person']}/decisions"
    return Sent(form={**form, "seen": house.seen(path, form)})


def _said(house: House, arguments: Arguments) -> Sent:
    path = f"/courses/{arguments['course']}/losses/{arguments['number']}"
    return Sent(form={"do": str(arguments["do"]), "reason": REASON, "seen": house.seen(path)})


def _contested(house: House, arguments: Arguments) -> dict[str, str]:
    role, class_ = str(arguments.get("role", "learner")), str(arguments.get("class", ""))
    place = f"T{house.tenant}{str(arguments['course']).upper()}{class_}"
    return {"role": role, "class": mark(place), "criterion": CRITERIA[Role(role)]}


def _closed(house: House, arguments: Arguments) -> Sent:
    seen = house.seen(f"/courses/{arguments['course']}/closing")
    return Sent(form={"do": "close", "reason": REASON, "seen": seen})


def _joined(house: House, arguments: Arguments) -> Sent:
    """To the first learner of the course."""
    person = next((one.key for one in ROSTER if one.course == arguments["course"]), "absent")
    return Sent(form={"do": "join", "person": person, "reason": REASON})


def _rescored(house: House, arguments: Arguments) -> Sent:
    form = {"choice": OTHER_RULES, "reason": REASON}
    seen = house.seen(f"/courses/{arguments['course']}/rescore", {**form, "do": "preview"})
    return Sent(form={**form, "do": "adopt", "seen": seen})


def _set(house: House, arguments: Arguments) -> Sent:
    """The forum counts as nothing from now on."""
    form = {"moodle 25": "", "reason": REASON}
    seen = house.seen(f"/courses/{arguments['course']}/settings", {**form, "do": "preview"})
    return Sent(form={**form, "do": "adopt", "seen": seen})


LOGIN = {
    "iss": ISSUER,
    "login_hint": "3",
    "target_link_uri": TARGET,
    "client_id": CLIENT,
    "lti_deployment_id": "1",
}


def _launched(house: House, arguments: Arguments) -> Sent:
    """Learner 3 of that institution, in a browser that began a login."""
    form = {"state": STATE, "id_token": token(claims())}
    return Sent(form=form, cookies={state_cookie(STATE): BROWSER})


def _bound(house: House, arguments: Arguments) -> Sent:
    return Sent(form={**BOUND, "do": "adopt", "seen": house.first_scores_seen}, query=SET_UP)


def _added(house: House, arguments: Arguments) -> Sent:
    form = {name: getattr(NEW, name) for name in ("issuer", "client_id", "auth_url", "token_url", "jwks_url")}
    return Sent(form={**form, "deployment": "1", "token_audience": "", "platform": ""})


def _changed(house: House, arguments: Arguments) -> Sent:
    addresses = {name: f"{ISSUER}/new/{name}" for name in ("auth_url", "token_url", "jwks_url")}
    return Sent(form={**addresses, "token_audience": "", "platform": ""})


RIGHT: Mapping[tuple[str, str], Right] = {
    ("boards.search", "POST"): _plain(search="P"),
    ("downloads.found", "POST"): _plain(search="P", file="csv"),
    ("desks.recommend", "POST"): _recommended,
    ("decisions.decide", "POST"): _decided,
    ("quarantines.act", "POST"): _plain(do="drop", reason=REASON),
    ("quarantines.say", "POST"): _said,
    ("cases.act", "POST"): _plain(do="dismiss", words=REASON),
    ("disputes.offer", "GET"): lambda house, arguments: Sent(query=_contested(house, arguments)),
    ("disputes.contest", "POST"): lambda house, arguments: Sent(
        form={**_contested(house, arguments), "words": REASON}
    ),
    ("disputes.act", "POST"): lambda house, arguments: Sent(
        form={"do": str(arguments["do"]), "words": REASON}
    ),
    ("closings.act", "POST"): _closed,
    ("identities.act", "POST"): _joined,
    ("rescores.rescore", "POST"): _rescored,
    ("course_settings.change", "POST"): _set,
    ("course_settings.send", "POST"): _plain(passback="off", do="switch"),
    ("launches.login", "GET"): lambda house, arguments: Sent(query=LOGIN),
    ("launches.login", "POST"): _plain(**LOGIN),
    ("launches.launch", "POST"): _launched,
    ("launches.confirm", "POST"): _plain(code=HELD, browser=BROWSER),
    ("set_ups.choose", "POST"): _plain(**SET_UP),
    ("set_ups.activities", "GET"): lambda house, arguments: Sent(query=SET_UP),
    ("set_ups.bind", "POST"): _bound,
    ("operations.send", "POST"): _plain(course=ONE),
    ("roles.grant", "POST"): _plain(person="moodle-4", role="coordinator", course=ONE, reason=REASON),
    ("roles.revoke", "POST"): _plain(person=COORDINATORS[TWO], role="coordinator", course=TWO, reason=REASON),
    ("registrations.add", "POST"): _added,
    ("registrations.approve", "POST"): _plain(platform=""),
    ("registrations.change", "POST"): _changed,
    ("registrations.deployment", "POST"): lambda house, arguments: Sent(
        form={"deployment": mark(f"T{house.tenant}")}
    ),
    ("registering.register", "GET"): lambda house, arguments: Sent(
        query={"openid_configuration": "https://new.example/configuration", "registration_token": "once"}
    ),
}
"""By route."""


def mark_seen(page: str) -> str:
    """The mark that a page's own form sends of what it shows; empty where it shows nothing to confirm."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    return "" if found is None else found[1]

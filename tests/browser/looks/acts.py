"""Pages that no address alone shows: answers to forms, launches, refusals, and what an installation may lack.

Each is come to by hands, whether these are a browser's or a program's; nothing that others see is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from lms_scoring.domain.identity import account_key
from tests.browser.looks.table import (
    A_POST,
    ACCOUNTS,
    ADMINISTRATOR,
    BOARD,
    LEARNER,
    TUTOR,
    WAITING,
)
from tests.given import passing_from, shipped
from tests.integration.web.complete import (
    BOTH,
    DECIDED,
    FAILING,
    KNOWN,
    READING,
    SPOILT,
    UNDONE,
    CompleteSchool,
)
from tests.integration.web.desk.presses import RECOMMENDING, WORK
from tests.integration.web.school import COORDINATOR, COURSE, FIRST
from tests.integration.web.setting_up.claiming import ADMINISTRATOR as ADMINISTERS
from tests.integration.web.setting_up.claiming import BOUND, TYPED
from tests.integration.web.strays import HINTED, JOINED
from tests.launches.platform import INSTRUCTOR
from tests.launches.platform import LEARNER as LEARNS

NOBODY, LAUNCHED = "nobody", "launched"
"""Who is not signed in, and who comes by launches alone, in the platform's frame."""
REGISTRATIONS, ROLES = "/administration/registrations", "/administration/roles"
SETTINGS, RESCORE, CLOSING, SYNC = (f"{BOARD}{page}" for page in ("settings", "rescore", "closing", "sync"))
CARD = f"{BOARD}people/{LEARNER}"
SCRIPT, FOLLOWS = "launch.js", "again.js"


class Hands(Protocol):
    """Somebody who goes from page to page; `text` is the source of the last, `path` its address."""

    school: CompleteSchool
    language: str

    @property
    def text(self) -> str: ...

    @property
    def path(self) -> str: ...

    def go(self, path: str) -> None:
        """Opens a page."""

    def send(self, path: str, fields: Mapping[str, str]) -> None:
        """Posts a form with the token of the page, and follows to where it leads."""

    def launch(self, login: str, *, forgets: bool = False) -> None:
        """Goes over the platform's login; `forgets`: with a browser that keeps no cookie."""


Does = Callable[[Hands], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A page as one person comes to it; `name` is the picture's.

    `without` is a script that never arrives, so that a page stays which else goes on at once; `in_vain` the
    status of what a script is refused. `is_part`: a script puts it into another page, where it is looked at.
    """

    name: str
    who: str
    does: Does
    status: int = 200
    without: str | None = None
    is_part: bool = False
    in_vain: int | None = None

    def __str__(self) -> str:
        return self.name


def goes(path: str) -> Does:
    return lambda hands: hands.go(path)


def sends(page: str, fields: Mapping[str, str], to: str | None = None) -> Does:
    """Opens a page and sends a form of it."""

    def does(hands: Hands) -> None:
        hands.go(page)
        hands.send(page if to is None else to, fields)

    return does


def launches(then: Does | None = None, **changed: Any) -> Does:
    """Launches with these claims, and goes on from there."""

    def does(hands: Hands) -> None:
        hands.launch(hands.school.course_page.login(hands.language, **changed))
        if then is not None:
            then(hands)

    return does


def sets_up(then: Does | None = None, *roles: str, **changed: Any) -> Does:
    """Launches from a course that nobody set up."""

    def does(hands: Hands) -> None:
        context = {"id": hands.school.new_context(), "title": "研修课程"}
        said = {"sub": "2", "ROLES": list(roles or (INSTRUCTOR, ADMINISTERS)), "CONTEXT": context, **changed}
        launches(then, **said)(hands)

    return does


def reads(then: Does | None = None, **typed: str) -> Does:
    """Chooses what to set a course up with."""

    def does(hands: Hands) -> None:
        hands.send(hands.path, {**TYPED, **typed})
        if then is not None:
            then(hands)

    return does


def binds(**fields: str) -> Does:
    """Says what the activities count as."""
    return lambda hands: hands.send(hands.path, {**BOUND, "do": "preview", **fields})


def waits_for_reading(hands: Hands) -> None:
    context = re.findall(r"new-[0-9]+", hands.path)[-1]
    hands.school.ask(context)
    hands.go(f"{hands.path}/activities?{urlencode(TYPED)}")


def comes_too_late(hands: Hands) -> None:
    hands.school.set_up(re.findall(r"new-[0-9]+", hands.path)[-1])
    hands.send(hands.path, TYPED)


def stores(*, forgets: bool) -> Does:
    """Launches from a platform with a storage for browsers that keep no cookies in frames."""

    def does(hands: Hands) -> None:
        login = hands.school.course_page.login(hands.language, storage="_parent")
        if forgets:
            hands.launch(login, forgets=True)
        else:
            hands.go(login)

    return does


def opens_a_window(hands: Hands) -> None:
    """As a page without cookies does."""
    launches()(hands)
    hands.send("/lti/code", {})
    (code,) = re.findall(r'"code":\s*"([^"]+)"', hands.text)
    hands.go(f"/lti/open/{code}?by=header&{urlencode({'to': CARD})}")


def registers(hands: Hands) -> None:
    """Each time another platform."""
    hands.go(f"/lti/register?openid_configuration={KNOWN}/{hands.school.new_context()}")


def forgets_the_login(hands: Hands) -> None:
    hands.launch(hands.school.course_page.login(hands.language), forgets=True)


LINKING: dict[str, Any] = {
    "MESSAGE_TYPE": "LtiDeepLinkingRequest",
    "RESOURCE_LINK": None,
    "DEEP_LINKING": {
        "deep_link_return_url": "https://moodle.example/mod/lti/contentitem_return.php?course=2",
        "accept_types": ["ltiResourceLink"],
        "data": "echo",
    },
}
OTHER_SCHEME = shipped("prefecture-three-bands").scheme.fingerprint[:16]
EASY = {"choice": "own", "text": passing_from(60), "do": "preview"}
OVERRIDE = {"criterion": "homework", "action": "override", "points": "15", "reason": "核对了两遍，应得十五分"}
DECISIONS = f"{BOARD}people/{WAITING}/decisions"
DISPUTE = {
    "role": "learner",
    "class": FIRST,
    "criterion": "posts",
    "kind": "post",
    "id": f"moodle/{LEARNER}-t1",
}
GRANT = {"person": "moodle-4", "role": "coordinator", "course": COURSE, "reason": "接替"}
HINT, JOIN = f"{ACCOUNTS}/{account_key(HINTED)}", f"{ACCOUNTS}/{account_key(JOINED)}"
QUARANTINE, LOSS = f"{BOARD}quarantine/1", f"{BOARD}losses/1"

OF_ADMINISTRATORS = (
    Act(name="registrations", who=ADMINISTRATOR, does=goes(REGISTRATIONS)),
    Act(
        name="registrations-mistaken",
        who=ADMINISTRATOR,
        does=sends(REGISTRATIONS, {"issuer": KNOWN, "client_id": "abc", "jwks_url": "http://10.0.0.1/keys"}),
        status=400,
    ),
    Act(name="registration-change", who=ADMINISTRATOR, does=goes(f"{REGISTRATIONS}/2/change")),
    Act(
        name="registration-change-mistaken",
        who=ADMINISTRATOR,
        does=sends(f"{REGISTRATIONS}/2/change", {"auth_url": "moodle.example", "platform": "none"}),
        status=400,
    ),
    Act(
        name="roles-choose",
        who=ADMINISTRATOR,
        does=sends(ROLES, {**GRANT, "person": "moodle"}),
        status=400,
    ),
    Act(name="roles-nobody", who=ADMINISTRATOR, does=sends(ROLES, {**GRANT, "person": "不在"}), status=400),
    Act(name="roles-no-reason", who=ADMINISTRATOR, does=sends(ROLES, {**GRANT, "reason": ""}), status=400),
    Act(
        name="roles-revoke-no-reason",
        who=ADMINISTRATOR,
        does=sends(ROLES, {**GRANT, "person": COORDINATOR, "reason": ""}, f"{ROLES}/revoke"),
        status=400,
    ),
    Act(
        name="sync-under-way",
        who=ADMINISTRATOR,
        does=goes(f"/courses/{READING}/sync"),
        without=FOLLOWS,
    ),
    Act(name="board-empty", who=ADMINISTRATOR, does=goes(f"/courses/{READING}/")),
    Act(name="error-unreadable", who=ADMINISTRATOR, does=goes(f"/courses/{SPOILT}/"), status=503),
    Act(name="error-unforeseen", who=ADMINISTRATOR, does=goes(f"/courses/{FAILING}/"), status=500),
)
OF_COORDINATORS = (
    Act(name="board-searched", who=COORDINATOR, does=sends(BOARD, {"search": "moodle"})),
    Act(name="board-not-found", who=COORDINATOR, does=sends(BOARD, {"search": "不在"})),
    Act(name="unprintable", who=COORDINATOR, does=goes(f"{BOARD}board.pdf"), status=503),
    Act(
        name="settings-foreseen",
        who=COORDINATOR,
        does=sends(SETTINGS, {"moodle 17": "", "do": "preview"}),
    ),
    Act(name="settings-mistaken", who=COORDINATOR, does=sends(SETTINGS, {"moodle 17": "posts"}), status=400),
    Act(
        name="settings-no-reason",
        who=COORDINATOR,
        does=sends(SETTINGS, {"moodle 17": "", "do": "adopt"}),
        status=400,
    ),
    Act(
        name="settings-stale",
        who=COORDINATOR,
        does=sends(SETTINGS, {"moodle 17": "", "do": "adopt", "reason": "改了"}),
        status=409,
    ),
    Act(
        name="settings-gradebook",
        who=COORDINATOR,
        does=sends(SETTINGS, {"passback": "verdict", "do": "preview"}, f"{SETTINGS}/gradebook"),
    ),
    Act(name="rescore-bands", who=COORDINATOR, does=sends(RESCORE, {"choice": OTHER_SCHEME})),
    Act(name="rescore-foreseen", who=COORDINATOR, does=sends(RESCORE, EASY)),
    Act(name="rescore-no-reason", who=COORDINATOR, does=sends(RESCORE, {**EASY, "do": "adopt"}), status=400),
    Act(
        name="rescore-mistaken",
        who=COORDINATOR,
        does=sends(RESCORE, {"choice": "own", "text": 'format = 1\nid = "A b"\n[learner]\npass = "x"\n'}),
        status=400,
    ),
    Act(name="closing-no-reason", who=COORDINATOR, does=sends(CLOSING, {"do": "close"}), status=400),
    Act(
        name="closing-stale",
        who=COORDINATOR,
        does=sends(CLOSING, {"do": "close", "reason": "培训已结束", "seen": "x"}),
        status=409,
    ),
    Act(name="account-choose", who=COORDINATOR, does=sends(HINT, {"person": "moodle"}), status=400),
    Act(name="account-nobody", who=COORDINATOR, does=sends(HINT, {"person": "不在"}), status=400),
    Act(name="account-no-reason", who=COORDINATOR, does=sends(HINT, {"person": "moodle-5"}), status=400),
    Act(name="account-part-no-reason", who=COORDINATOR, does=sends(JOIN, {"do": "undo"}), status=400),
    Act(name="set-aside-no-reason", who=COORDINATOR, does=sends(QUARANTINE, {"do": "drop"}), status=400),
    Act(name="set-aside-replayed", who=COORDINATOR, does=sends(QUARANTINE, {"do": "replay"})),
    Act(name="loss-no-reason", who=COORDINATOR, does=sends(LOSS, {"do": "confirm"}), status=400),
    Act(name="sync-progress", who=COORDINATOR, does=goes(f"{SYNC}/progress"), is_part=True),
    Act(name="glance", who=COORDINATOR, does=goes(f"{CARD}?glance=1"), is_part=True),
)
OF_TUTORS = (
    Act(
        name="grade-overwrite",
        who=TUTOR,
        does=sends(f"{BOARD}people/moodle-6", {}, f"{BOARD}people/moodle-6/grade"),
    ),
    Act(
        name="decision-effect", who=TUTOR, does=sends(f"{DECISIONS}?criterion=homework", OVERRIDE, DECISIONS)
    ),
    Act(
        name="decision-mistaken",
        who=TUTOR,
        does=sends(f"{DECISIONS}?criterion=homework", {**OVERRIDE, "points": "x", "reason": ""}, DECISIONS),
        status=400,
    ),
    Act(
        name="recommend-effect",
        who=TUTOR,
        does=sends(RECOMMENDING, {"submission": "moodle/s-moodle-6-17", "do": "recommend"}),
    ),
    Act(
        name="recommend-take-back",
        who=TUTOR,
        does=sends(RECOMMENDING, {"submission": WORK, "do": "take_back"}),
    ),
    Act(
        name="recommend-take-back-no-reason",
        who=TUTOR,
        does=sends(RECOMMENDING, {"submission": WORK, "do": "take_back", "reason": ""}),
        status=400,
    ),
    Act(
        name="recommend-take-back-effect",
        who=TUTOR,
        does=sends(RECOMMENDING, {"submission": WORK, "do": "take_back", "reason": "内容雷同"}),
    ),
    Act(
        name="case-no-words",
        who=TUTOR,
        does=sends(f"{BOARD}cases/2", {"do": "void", "words": ""}),
        status=409,
    ),
    Act(
        name="dispute-no-words",
        who=TUTOR,
        does=sends(f"{BOARD}disputes/2", {"do": "keep", "words": ""}),
        status=409,
    ),
    Act(name="case-post", who=TUTOR, does=goes(f"{BOARD}cases/1")),
    Act(name="decided", who=TUTOR, does=goes(f"{BOARD}people/{DECIDED}/decisions")),
    Act(name="undone", who=TUTOR, does=goes(f"{BOARD}people/{UNDONE}/decisions")),
    Act(
        name="decides-again",
        who=TUTOR,
        does=goes(f"{BOARD}people/{DECIDED}/decisions?criterion=homework"),
    ),
    Act(name="both-parts", who=BOTH, does=goes(f"/courses/{COURSE}/start")),
)
OF_LEARNERS = (
    Act(name="card-decided", who=DECIDED, does=goes(f"{BOARD}people/{DECIDED}?open=all")),
    Act(name="grade-overridden", who="moodle-6", does=goes(f"{BOARD}people/moodle-6")),
    Act(
        name="contest-no-words",
        who=LEARNER,
        does=sends(f"{BOARD}disputes/new?{A_POST}", {**DISPUTE, "words": ""}, f"{BOARD}disputes/new"),
        status=409,
    ),
    Act(name="error-form", who=LEARNER, does=sends(CARD, {"token": "forged"}, "/sign-out"), status=400),
    Act(name="error-method", who=LEARNER, does=goes("/sign-out"), status=405),
    Act(name="signed-out", who="moodle-9", does=sends("/", {}, "/sign-out")),
)
OF_NOBODY = (
    Act(name="error-signed-out", who=NOBODY, does=goes(BOARD), status=401),
    Act(name="sign-in-used", who=NOBODY, does=sends("/sign-in/x", {}), status=410),
    Act(name="registered", who=NOBODY, does=registers),
    Act(
        name="not-registered",
        who=NOBODY,
        does=goes(f"/lti/register?openid_configuration={KNOWN}/refuses"),
        status=400,
    ),
    Act(name="not-registered-nothing", who=NOBODY, does=goes("/lti/register"), status=400),
)
OF_LAUNCHED = (
    Act(name="set-up", who=LAUNCHED, does=sets_up()),
    Act(name="set-up-mistaken", who=LAUNCHED, does=sets_up(reads(title="", scheme="")), status=400),
    Act(name="set-up-like-another", who=LAUNCHED, does=sets_up(CUSTOM={"copied_from": "2"})),
    Act(name="set-up-unread", who=LAUNCHED, does=sets_up(reads(record_store="lrs"))),
    Act(name="set-up-reading", who=LAUNCHED, does=sets_up(waits_for_reading), without=FOLLOWS),
    Act(name="set-up-activities", who=LAUNCHED, does=sets_up(reads())),
    Act(
        name="set-up-activities-mistaken",
        who=LAUNCHED,
        does=sets_up(reads(binds(**{"moodle homework 1": "posts"}))),
        status=400,
    ),
    Act(name="set-up-scores", who=LAUNCHED, does=sets_up(reads(binds()))),
    Act(name="set-up-scores-unseen", who=LAUNCHED, does=sets_up(reads(binds(do="adopt")))),
    Act(name="set-up-taken", who=LAUNCHED, does=sets_up(comes_too_late), status=409),
    Act(name="set-up-by-others", who=LAUNCHED, does=sets_up(None, INSTRUCTOR, sub="5")),
    Act(name="no-course", who=LAUNCHED, does=launches(CONTEXT=None)),
    Act(name="launched-card", who=LAUNCHED, does=launches()),
    Act(name="launched-signed-out", who=LAUNCHED, does=launches(lambda hands: hands.send("/sign-out", {}))),
    Act(name="launch-over", who=LAUNCHED, does=launches(goes("/courses/other/")), status=401),
    Act(name="launch-not-used", who=LAUNCHED, does=launches(MESSAGE_TYPE="LtiDataPrivacyLaunchRequest")),
    Act(name="launch-keep", who=LAUNCHED, does=stores(forgets=False), without=SCRIPT),
    Act(name="launch-waits", who=LAUNCHED, does=stores(forgets=True), without=SCRIPT),
    Act(name="launch-unproven", who=LAUNCHED, does=stores(forgets=True), in_vain=400),
    Act(name="launch-window", who=LAUNCHED, does=opens_a_window, without=SCRIPT),
    Act(name="launch-window-used", who=LAUNCHED, does=launches(goes("/lti/open/x")), status=410),
    Act(name="launch-forgotten", who=LAUNCHED, does=forgets_the_login, status=400),
    Act(
        name="launch-again",
        who=LAUNCHED,
        does=launches(lambda hands: hands.send("/lti/launch", {"state": "used", "id_token": "x"})),
        status=409,
    ),
    Act(name="launch-deployment", who=LAUNCHED, does=launches(DEPLOYMENT="9"), status=403),
    Act(name="launch-anonymous", who=LAUNCHED, does=launches(sub=None), status=400),
    Act(name="place-link", who=LAUNCHED, does=launches(**LINKING, ROLES=[INSTRUCTOR])),
    Act(name="place-link-refused", who=LAUNCHED, does=launches(**LINKING, ROLES=[LEARNS]), status=400),
)
OF_THE_LASTING = (
    Act(name="lasting-passed", who=LEARNER, does=goes(CARD)),
    Act(name="lasting-short", who="moodle-6", does=goes(f"{BOARD}people/moodle-6")),
    Act(name="lasting-far", who=DECIDED, does=goes(f"{BOARD}people/{DECIDED}")),
    Act(name="lasting-tutor", who=TUTOR, does=goes(f"{BOARD}people/{TUTOR}")),
    Act(name="lasting-desk", who=TUTOR, does=goes(f"{BOARD}desk")),
    Act(name="lasting-overview", who=COORDINATOR, does=goes(f"{BOARD}overview")),
    Act(name="lasting-closing", who=COORDINATOR, does=goes(CLOSING)),
)
"""Pages of the programme before its window is over."""
OF_THE_CLOSED = (
    Act(name="closed-card", who=WAITING, does=goes(f"{BOARD}people/{WAITING}")),
    Act(name="closed-decisions", who=COORDINATOR, does=goes(DECISIONS)),
    Act(name="closed-overview", who=COORDINATOR, does=goes(f"{BOARD}overview")),
    Act(name="closed-settings", who=COORDINATOR, does=goes(SETTINGS)),
    Act(name="closed-reopen", who=COORDINATOR, does=goes(CLOSING)),
)
"""Pages of the programme while it is closed."""
ACTS = (*OF_ADMINISTRATORS, *OF_COORDINATORS, *OF_TUTORS, *OF_LEARNERS, *OF_NOBODY, *OF_LAUNCHED)

NO_ANSWERS: Mapping[str, str] = {
    "downloads.found": "a file",
    "syncs.begin": "leads back to the page of syncs",
    "operations.retry": "leads back to the page of operations",
    "operations.send": "leads back to the page of operations",
    "registrations.approve": "leads back to the list",
    "registrations.disable": "leads back to the list",
    "registrations.remove": "leads back to the list",
    "registrations.deployment": "leads back to the list",
    "launches.login": "the same, by a form as by an address",
    "launches.confirm": "JSON for a script",
    "launches.jwks": "JSON for platforms",
}
"""What the complete school answers besides, and shows nobody a page, with the reason."""

"""Who may be answered with anything but a refusal: every route of the application, in a table.

Each is asked with what is right there (`right_forms`), so an entry says who may do it, and nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms_scoring.domain.identity import account_key
from tests.integration.launches.right_forms import Arguments
from tests.integration.launches.two_tenants import (
    CONTEXTS,
    COORDINATORS,
    ONE,
    ROSTER,
    THEIRS,
    TWO,
    stray_of,
)
from tests.integration.launches.visiting import LINKS, WINDOWS, Who

MayEnter = Callable[[Who, Arguments], bool]
OURS, OTHER = 1, 2
"""Registrations: the one that launches come by, and one that waits."""
STRANGE = ("moodle-3", "moodle-23", "absent")
"""Persons that are asked for in courses in which nobody is."""
STRAYS = {(tenant, course): stray_of(tenant, course) for tenant in (1, 2) for course in (ONE, TWO)}
OBJECTS: Mapping[str, tuple[str | int, ...]] = {
    "course": (ONE, TWO, THEIRS, "absent"),
    "person": (*(one.key for one in ROSTER), COORDINATORS[ONE], "absent"),
    "registration": (OURS, OTHER, 99),
    "context": (*CONTEXTS, "absent"),
    "number": (1, 99),
    "key": (*(account_key(one) for one in STRAYS.values()), "absent"),
    "code": (*LINKS.values(), *WINDOWS.values(), "made-up"),
    "filename": ("style/base.css", "launch.js", "../wording.toml", "absent"),
}


def everybody(who: Who, arguments: Arguments) -> bool:
    return True


def signed_in(who: Who, arguments: Arguments) -> bool:
    return who.signed_in


def sees_course(who: Who, arguments: Arguments) -> bool:
    return arguments["course"] in who.courses


def sees_board(who: Who, arguments: Arguments) -> bool:
    return arguments["course"] in who.boards


def sees_all(who: Who, arguments: Arguments) -> bool:
    return arguments["course"] in who.all_of


def sees_account(who: Who, arguments: Arguments) -> bool:
    """Of nobody, in a course that one sees whole."""
    stray = STRAYS.get((who.at, str(arguments["course"])))
    return sees_all(who, arguments) and stray is not None and arguments["key"] == account_key(stray)


def sees_first(who: Who, arguments: Arguments) -> bool:
    """What was set aside first, and what was lost first, is of the first course."""
    return sees_all(who, arguments) and (arguments["course"], arguments["number"]) == (ONE, 1)


def sees_person(who: Who, arguments: Arguments) -> bool:
    return (arguments["course"], arguments["person"]) in who.people


def first_learner(course: str | int) -> str:
    """Case 1 and dispute 1 of each course are about that learner."""
    return next((one.key for one in ROSTER if one.course == course), "absent")


def sees_first_learner(who: Who, arguments: Arguments) -> bool:
    person = first_learner(arguments["course"])
    return arguments["number"] == 1 and sees_person(who, {**arguments, "person": person})


def decides_of_first_learner(who: Who, arguments: Arguments) -> bool:
    return sees_board(who, arguments) and sees_first_learner(who, arguments)


def answers_or_withdraws(who: Who, arguments: Arguments) -> bool:
    """Whoever may decide answers; whose dispute it is withdraws it."""
    if arguments["do"] == "keep":
        return decides_of_first_learner(who, arguments)
    own = (ONE, who.own) == (arguments["course"], first_learner(ONE))
    return arguments["number"] == 1 and own


def contests(who: Who, arguments: Arguments) -> bool:
    """The own card: it is named by its role and class."""
    meant = (arguments["course"], arguments.get("role"), arguments.get("class"))
    return any(one.key == who.own and meant == (one.course, one.role.value, one.class_) for one in ROSTER)


def recommends(who: Who, arguments: Arguments) -> bool:
    """A tutor, a work of the own class."""
    return any(
        (one.course, one.class_) == (ONE, who.guides) and arguments["course"] == ONE
        for one in ROSTER
        if arguments.get("submission") == f"moodle/s-{one.id}"
    )


def sends_grades(who: Who, arguments: Arguments) -> bool:
    """Of learners alone, and nobody's own."""
    learner = any(one.key == arguments["person"] and not one.guides for one in ROSTER)
    return learner and sees_board(who, arguments) and sees_person(who, arguments)


def decides(who: Who, arguments: Arguments) -> bool:
    """About the cards that one sees, never about the own."""
    return sends_grades(who, arguments) or (sees_all(who, arguments) and sees_person(who, arguments))


def came_from(who: Who, arguments: Arguments) -> bool:
    return (OURS, who.launched_from) == (arguments["registration"], arguments["context"])


def came_and_claims(who: Who, arguments: Arguments) -> bool:
    return came_from(who, arguments) and who.claims


def came_and_claims_or_is_there(who: Who, arguments: Arguments) -> bool:
    """A course that is set up already leads to its pages, which look for themselves."""
    return came_from(who, arguments) and (who.claims or CONTEXTS[str(arguments["context"])] is not None)


def administers(who: Who, arguments: Arguments) -> bool:
    return who.administers


def administers_one(who: Who, arguments: Arguments) -> bool:
    return who.administers and arguments["registration"] != 99


def removes_what_waits(who: Who, arguments: Arguments) -> bool:
    return who.administers and arguments["registration"] == OTHER


def has_link(who: Who, arguments: Arguments) -> bool:
    """Whoever has a code that is good at that institution."""
    return arguments["code"] == LINKS[who.at]


def has_window(who: Who, arguments: Arguments) -> bool:
    return arguments["code"] == WINDOWS[who.at]


def reviews(who: Who, arguments: Arguments) -> bool:
    """Whoever was launched to see one learner's row."""
    return who.reviews and arguments["course"] == ONE


def watches(who: Who, arguments: Arguments) -> bool:
    return who.watches


def reads_any(who: Who, arguments: Arguments) -> bool:
    """By a key of the API that is in force."""
    return who.reads is not None


def reads(who: Who, arguments: Arguments) -> bool:
    return who.reads is not None and arguments["course"] in who.reads


def reads_person(who: Who, arguments: Arguments) -> bool:
    asked = (arguments["course"], arguments["person"])
    return reads(who, arguments) and any((one.course, one.key) == asked for one in ROSTER)


def exists(who: Who, arguments: Arguments) -> bool:
    return arguments["filename"] in ("style/base.css", "launch.js")


TABLE: dict[tuple[str, str], MayEnter] = {
    ("static", "GET"): exists,
    ("health.health", "GET"): everybody,
    ("metrics.metrics", "GET"): watches,
    ("sign_in.offer", "GET"): everybody,
    ("sign_in.use", "POST"): has_link,
    ("sign_in.leave", "POST"): signed_in,
    ("home.home", "GET"): signed_in,
    ("home.start", "GET"): sees_course,
    ("home.review", "GET"): reviews,
    ("boards.board", "GET"): sees_board,
    ("boards.search", "POST"): sees_board,
    ("downloads.csv", "GET"): sees_board,
    ("downloads.xlsx", "GET"): sees_board,
    ("downloads.pdf", "GET"): sees_board,
    ("downloads.found", "POST"): sees_board,
    ("downloads.record", "GET"): sees_person,
    ("people.person", "GET"): sees_person,
    ("grades.again", "POST"): sends_grades,
    ("desks.overview", "GET"): sees_board,
    ("desks.marking", "GET"): sees_board,
    ("desks.recommending", "GET"): sees_board,
    ("desks.recommend", "POST"): recommends,
    ("desks.bulletins", "GET"): sees_board,
    ("decisions.offer", "GET"): decides,
    ("decisions.decide", "POST"): decides,
    ("syncs.report", "GET"): sees_all,
    ("syncs.progress", "GET"): sees_all,
    ("quarantines.offer", "GET"): sees_all,
    ("quarantines.record", "GET"): sees_first,
    ("quarantines.act", "POST"): sees_first,
    ("quarantines.loss", "GET"): sees_first,
    ("quarantines.say", "POST"): sees_first,
    ("cases.listed", "GET"): sees_board,
    ("cases.case", "GET"): sees_first_learner,
    ("cases.act", "POST"): decides_of_first_learner,
    ("disputes.listed", "GET"): sees_board,
    ("disputes.offer", "GET"): contests,
    ("disputes.contest", "POST"): contests,
    ("disputes.dispute", "GET"): sees_first_learner,
    ("disputes.act", "POST"): answers_or_withdraws,
    ("syncs.begin", "POST"): sees_all,
    ("schemes.scheme", "GET"): sees_course,
    ("closings.offer", "GET"): sees_all,
    ("overviews.overview", "GET"): sees_all,
    ("closings.act", "POST"): sees_all,
    ("identities.listed", "GET"): sees_all,
    ("identities.account", "GET"): sees_account,
    ("identities.act", "POST"): sees_account,
    ("rescores.offer", "GET"): sees_all,
    ("rescores.rescore", "POST"): sees_all,
    ("course_settings.offer", "GET"): sees_all,
    ("course_settings.change", "POST"): sees_all,
    ("course_settings.send", "POST"): sees_all,
    ("launches.login", "GET"): everybody,
    ("launches.login", "POST"): everybody,
    ("launches.launch", "POST"): everybody,
    ("launches.confirm", "POST"): everybody,
    ("launches.code", "POST"): signed_in,
    ("launches.open_code", "GET"): has_window,
    ("launches.jwks", "GET"): everybody,
    ("set_ups.offer", "GET"): came_from,
    ("set_ups.choose", "POST"): came_and_claims,
    ("set_ups.activities", "GET"): came_and_claims_or_is_there,
    ("set_ups.bind", "POST"): came_and_claims,
    ("set_ups.no_course", "GET"): signed_in,
    ("operations.page", "GET"): administers,
    ("operations.retry", "POST"): administers,
    ("operations.send", "POST"): administers,
    ("roles.page", "GET"): administers,
    ("roles.grant", "POST"): administers,
    ("roles.revoke", "POST"): administers,
    ("registrations.page", "GET"): administers,
    ("registrations.add", "POST"): administers,
    ("registrations.approve", "POST"): administers_one,
    ("registrations.offer_change", "GET"): administers_one,
    ("registrations.change", "POST"): administers_one,
    ("registrations.disable", "POST"): administers_one,
    ("registrations.remove", "POST"): removes_what_waits,
    ("registrations.deployment", "POST"): administers_one,
    ("registering.register", "GET"): everybody,
    ("api.courses", "GET"): reads_any,
    ("api.results", "GET"): reads,
    ("api.card", "GET"): reads_person,
    ("api.evidence", "GET"): reads_person,
    ("api.cases", "GET"): reads,
    ("api.disputes", "GET"): reads,
    ("api-document.openapi", "GET"): everybody,
}
"""Who may be answered with anything but a refusal."""

DOES: Mapping[str, frozenset[str]] = {
    endpoint: frozenset(tables.split())
    for endpoint, tables in {
        "sign_in.use": "session sign_in_link",
        "grades.again": "outgoing_grade",
        "desks.recommend": "evidence",
        "decisions.decide": "evidence",
        "quarantines.act": "quarantined signed_act",
        "quarantines.say": "held_loss signed_act",
        "cases.act": "proceeding proceeding_step",
        "disputes.contest": "proceeding proceeding_step",
        "disputes.act": "proceeding proceeding_step",
        "syncs.begin": "sync_request",
        "operations.send": "outgoing_grade",
        "closings.act": "signed_act",
        "identities.act": "joined_account signed_act",
        "rescores.rescore": "course signed_act",
        "course_settings.change": "course signed_act",
        "course_settings.send": "passback",
        "launches.login": "launch_state",
        "launches.launch": "session launch_state",
        "launches.confirm": "session sign_in_link",
        "launches.code": "sign_in_link",
        "launches.open_code": "session sign_in_link",
        "set_ups.choose": "sync_request",
        "set_ups.bind": "course platform_course access_grant session",
        "roles.grant": "access_grant signed_act",
        "roles.revoke": "access_grant signed_act",
        "registrations.add": "registration deployment",
        "registrations.approve": "registration",
        "registrations.change": "registration",
        "registrations.disable": "registration",
        "registrations.remove": "registration deployment",
        "registrations.deployment": "deployment",
        "registering.register": "registration",
    }.items()
}
"""By endpoint, tables in which rows are others once it has done what was asked of it; the rest do nothing."""

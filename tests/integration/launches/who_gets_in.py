"""Who may be answered with anything but a refusal: every route of the application, in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms_scoring.domain.identity import account_key
from tests.integration.launches.two_tenants import CONTEXTS, COORDINATORS, ONE, ROSTER, THEIRS, TWO, stray_of
from tests.integration.launches.visiting import Who

Arguments = Mapping[str, str | int]
MayEnter = Callable[[Who, Arguments], bool]
OURS, OTHER = 1, 2
"""Registrations: the one that launches come by, and one that waits."""
THEIR_LINK, THEIR_WINDOW = "link-of-the-other-institution", "window-of-the-other-institution"
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
    "code": (THEIR_LINK, THEIR_WINDOW, "made-up"),
    "filename": ("style/base.css", "launch.js", "../wording.toml", "absent"),
}


def everybody(who: Who, arguments: Arguments) -> bool:
    return True


def nobody(who: Who, arguments: Arguments) -> bool:
    return False


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


def sees_record(who: Who, arguments: Arguments) -> bool:
    """The first that was set aside is of the first course."""
    return sees_all(who, arguments) and (arguments["course"], arguments["number"]) == (ONE, 1)


def sees_person(who: Who, arguments: Arguments) -> bool:
    return (arguments["course"], arguments["person"]) in who.people


def sees_first_learner(who: Who, arguments: Arguments) -> bool:
    """Case 1 and dispute 1 of each course are about its first learner."""
    first = next((one.key for one in ROSTER if one.course == arguments["course"]), "absent")
    return arguments["number"] == 1 and sees_person(who, {**arguments, "person": first})


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


def exists(who: Who, arguments: Arguments) -> bool:
    return arguments["filename"] in ("style/base.css", "launch.js")


TABLE: dict[tuple[str, str], MayEnter] = {
    ("static", "GET"): exists,
    ("health.health", "GET"): everybody,
    ("metrics.metrics", "GET"): nobody,
    ("sign_in.offer", "GET"): everybody,
    ("sign_in.use", "POST"): nobody,
    ("sign_in.leave", "POST"): signed_in,
    ("home.home", "GET"): signed_in,
    ("home.start", "GET"): sees_course,
    ("home.review", "GET"): nobody,
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
    ("desks.recommend", "POST"): nobody,
    ("desks.bulletins", "GET"): sees_board,
    ("decisions.offer", "GET"): decides,
    ("decisions.decide", "POST"): nobody,
    ("syncs.report", "GET"): sees_all,
    ("syncs.progress", "GET"): sees_all,
    ("quarantines.offer", "GET"): sees_all,
    ("quarantines.record", "GET"): sees_record,
    ("quarantines.act", "POST"): nobody,
    ("quarantines.loss", "GET"): nobody,
    ("quarantines.say", "POST"): nobody,
    ("cases.listed", "GET"): sees_board,
    ("cases.case", "GET"): sees_first_learner,
    ("cases.act", "POST"): nobody,
    ("disputes.listed", "GET"): sees_board,
    ("disputes.offer", "GET"): nobody,
    ("disputes.contest", "POST"): nobody,
    ("disputes.dispute", "GET"): sees_first_learner,
    ("disputes.act", "POST"): nobody,
    ("syncs.begin", "POST"): sees_all,
    ("schemes.scheme", "GET"): sees_course,
    ("closings.offer", "GET"): sees_all,
    ("overviews.overview", "GET"): sees_all,
    ("closings.act", "POST"): nobody,
    ("identities.listed", "GET"): sees_all,
    ("identities.account", "GET"): sees_account,
    ("identities.act", "POST"): nobody,
    ("rescores.offer", "GET"): sees_all,
    ("rescores.rescore", "POST"): nobody,
    ("course_settings.offer", "GET"): sees_all,
    ("course_settings.change", "POST"): nobody,
    ("course_settings.send", "POST"): nobody,
    ("launches.login", "GET"): nobody,
    ("launches.login", "POST"): nobody,
    ("launches.launch", "POST"): nobody,
    ("launches.confirm", "POST"): nobody,
    ("launches.code", "POST"): signed_in,
    ("launches.open_code", "GET"): nobody,
    ("launches.jwks", "GET"): everybody,
    ("set_ups.offer", "GET"): came_from,
    ("set_ups.choose", "POST"): nobody,
    ("set_ups.activities", "GET"): came_and_claims_or_is_there,
    ("set_ups.bind", "POST"): came_and_claims,
    ("set_ups.no_course", "GET"): signed_in,
    ("operations.page", "GET"): administers,
    ("roles.page", "GET"): administers,
    ("roles.grant", "POST"): nobody,
    ("roles.revoke", "POST"): nobody,
    ("registrations.page", "GET"): administers,
    ("registrations.add", "POST"): nobody,
    ("registrations.approve", "POST"): administers,
    ("registrations.offer_change", "GET"): administers_one,
    ("registrations.change", "POST"): nobody,
    ("registrations.disable", "POST"): administers,
    ("registrations.remove", "POST"): nobody,
    ("registrations.deployment", "POST"): administers,
    ("registering.register", "GET"): nobody,
    ("api.courses", "GET"): nobody,
    ("api.results", "GET"): nobody,
    ("api.card", "GET"): nobody,
    ("api.evidence", "GET"): nobody,
    ("api.cases", "GET"): nobody,
    ("api.disputes", "GET"): nobody,
    ("api-document.openapi", "GET"): everybody,
}
"""Who may be answered with anything but a refusal. `nobody`: what is asked here has nothing right to show."""

"""Every page, and who looks at it: what all tests of looks go through, and what pictures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain.identity import account_key
from tests.integration.web.school import COORDINATOR, COURSE
from tests.integration.web.strays import HINTED, JOINED

BOARD = f"/courses/{COURSE}/"
ACCOUNTS = f"{BOARD}sync/accounts"
LEARNER, WAITING, UNREADABLE, TUTOR = "moodle-3", "moodle-4", "moodle-7", "moodle-31"
A_POST = f"role=learner&class=%E4%B8%80%E7%8F%AD&criterion=posts&kind=post&id=moodle/{LEARNER}-t1"
ADMINISTRATOR = "administrator"
"""Somebody without a person, who was granted that role of all courses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A page as one person sees it; `name` is the picture's."""

    name: str
    endpoint: str
    who: str
    path: str

    def __str__(self) -> str:
        return self.name


LOOKS = (
    Look(name="learner-passed", endpoint="people.person", who=LEARNER, path=f"{BOARD}people/{LEARNER}"),
    Look(
        name="learner-ledger", endpoint="people.person", who=LEARNER, path=f"{BOARD}people/{LEARNER}?open=all"
    ),
    Look(name="learner-waiting", endpoint="people.person", who=WAITING, path=f"{BOARD}people/{WAITING}"),
    Look(
        name="learner-unreadable",
        endpoint="people.person",
        who=UNREADABLE,
        path=f"{BOARD}people/{UNREADABLE}",
    ),
    Look(name="learner-scheme", endpoint="schemes.scheme", who=LEARNER, path=f"{BOARD}scheme"),
    Look(name="tutor-own", endpoint="people.person", who=TUTOR, path=f"{BOARD}people/{TUTOR}"),
    Look(name="tutor-board", endpoint="boards.board", who=TUTOR, path=BOARD),
    Look(name="tutor-learner", endpoint="people.person", who=TUTOR, path=f"{BOARD}people/{WAITING}"),
    Look(
        name="coordinator-overview", endpoint="overviews.overview", who=COORDINATOR, path=f"{BOARD}overview"
    ),
    Look(name="coordinator-home", endpoint="home.home", who=COORDINATOR, path="/"),
    Look(name="coordinator-board", endpoint="boards.board", who=COORDINATOR, path=f"{BOARD}?withdrawn=1"),
    Look(name="coordinator-tutors", endpoint="boards.board", who=COORDINATOR, path=f"{BOARD}?role=tutor"),
    Look(name="coordinator-sync", endpoint="syncs.report", who=COORDINATOR, path=f"{BOARD}sync"),
    Look(name="tutor-desk", endpoint="desks.overview", who=TUTOR, path=f"{BOARD}desk"),
    Look(name="tutor-marking", endpoint="desks.marking", who=TUTOR, path=f"{BOARD}desk/marking"),
    Look(
        name="tutor-recommending", endpoint="desks.recommending", who=TUTOR, path=f"{BOARD}desk/recommending"
    ),
    Look(name="tutor-bulletins", endpoint="desks.bulletins", who=TUTOR, path=f"{BOARD}desk/bulletins"),
    Look(name="coordinator-desk", endpoint="desks.overview", who=COORDINATOR, path=f"{BOARD}desk"),
    Look(name="coordinator-marking", endpoint="desks.marking", who=COORDINATOR, path=f"{BOARD}desk/marking"),
    Look(
        name="coordinator-recommending",
        endpoint="desks.recommending",
        who=COORDINATOR,
        path=f"{BOARD}desk/recommending?class=%E4%B8%80%E7%8F%AD",
    ),
    Look(
        name="tutor-decisions",
        endpoint="decisions.offer",
        who=TUTOR,
        path=f"{BOARD}people/{WAITING}/decisions",
    ),
    Look(
        name="tutor-decides",
        endpoint="decisions.offer",
        who=TUTOR,
        path=f"{BOARD}people/{WAITING}/decisions?criterion=homework",
    ),
    Look(name="learner-case", endpoint="cases.case", who=LEARNER, path=f"{BOARD}cases/1"),
    Look(name="tutor-cases", endpoint="cases.listed", who=TUTOR, path=f"{BOARD}cases"),
    Look(name="tutor-case", endpoint="cases.case", who=TUTOR, path=f"{BOARD}cases/2"),
    Look(
        name="learner-contests", endpoint="disputes.offer", who=LEARNER, path=f"{BOARD}disputes/new?{A_POST}"
    ),
    Look(name="learner-dispute", endpoint="disputes.dispute", who=LEARNER, path=f"{BOARD}disputes/1"),
    Look(name="tutor-disputes", endpoint="disputes.listed", who=TUTOR, path=f"{BOARD}disputes"),
    Look(name="tutor-dispute", endpoint="disputes.dispute", who=TUTOR, path=f"{BOARD}disputes/2"),
    Look(
        name="coordinator-disputes",
        endpoint="disputes.listed",
        who=COORDINATOR,
        path=f"{BOARD}disputes?all=1",
    ),
    Look(
        name="coordinator-quarantine",
        endpoint="quarantines.offer",
        who=COORDINATOR,
        path=f"{BOARD}quarantine",
    ),
    Look(
        name="coordinator-set-aside",
        endpoint="quarantines.record",
        who=COORDINATOR,
        path=f"{BOARD}quarantine/1",
    ),
    Look(name="coordinator-loss", endpoint="quarantines.loss", who=COORDINATOR, path=f"{BOARD}losses/1"),
    Look(name="coordinator-closing", endpoint="closings.offer", who=COORDINATOR, path=f"{BOARD}closing"),
    Look(name="coordinator-accounts", endpoint="identities.listed", who=COORDINATOR, path=ACCOUNTS),
    Look(
        name="coordinator-account",
        endpoint="identities.account",
        who=COORDINATOR,
        path=f"{ACCOUNTS}/{account_key(HINTED)}",
    ),
    Look(
        name="coordinator-account-joined",
        endpoint="identities.account",
        who=COORDINATOR,
        path=f"{ACCOUNTS}/{account_key(JOINED)}",
    ),
    Look(name="coordinator-rescore", endpoint="rescores.offer", who=COORDINATOR, path=f"{BOARD}rescore"),
    Look(
        name="coordinator-settings",
        endpoint="course_settings.offer",
        who=COORDINATOR,
        path=f"{BOARD}settings",
    ),
    Look(name="administrator-roles", endpoint="roles.page", who=ADMINISTRATOR, path="/administration/roles"),
    Look(
        name="administrator-operations",
        endpoint="operations.page",
        who=ADMINISTRATOR,
        path="/administration/operations",
    ),
    Look(name="sign-in-refused", endpoint="sign_in.offer", who=COORDINATOR, path="/sign-in/x"),
    Look(name="not-found", endpoint="", who=COORDINATOR, path="/nowhere"),
    Look(name="not-allowed", endpoint="", who=LEARNER, path=BOARD),
)

NO_PAGES: Mapping[str, str] = {
    "static": "files",
    "health.health": "JSON for a monitor",
    "metrics.metrics": "numbers for a monitor",
    "home.start": "leads on",
    "home.review": "leads on",
    "downloads.csv": "a file",
    "downloads.xlsx": "a file",
    "downloads.pdf": "a file",
    "downloads.record": "a file",
    "syncs.progress": "a part of the page of syncs, for its script",
    "api-document.openapi": "JSON for programs",
    "api.courses": "JSON for programs",
    "api.results": "JSON for programs",
    "api.evidence": "JSON for programs",
    "api.cases": "JSON for programs",
    "api.disputes": "JSON for programs",
    "api.card": "JSON for programs",
}
"""What answers a GET and shows nobody a page, with the reason."""

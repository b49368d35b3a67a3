"""The gradebook of the stand-in does to scores what a Moodle was measured to do."""

from __future__ import annotations

import pytest
import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import RunningMoodle

from .lti_peer import Browser, PeerTool, Services, into

pytestmark = pytest.mark.variation

AT = "2026-11-21T18:08:07Z"
LATER = "2026-11-21T18:08:08Z"
OWN = "/2/lineitems/14/lineitem?type_id=1"


def own_column(services: Services) -> str:
    """The address of the activity's own column."""
    return f"{services.url}{names.SERVICES}{OWN}"


@pytest.mark.parametrize("again", [AT, "2026-11-21T18:08:07.900Z", "2026-11-22T02:08:07+08:00"])
def test_a_score_of_the_same_second_is_refused(again: str, services: Services) -> None:
    column = services.column()
    assert services.score(column, 24, AT, scoreGiven=80).status_code == 200
    refused = services.score(column, 24, again, scoreGiven=90)
    assert (refused.status_code, refused.json()) == (409, [])
    assert "earlier timestamp" in refused.reason
    assert services.results(column)["24"]["resultScore"] == 80


def test_a_future_score_blocks_all_until_then(services: Services) -> None:
    column = services.column()
    services.score(column, 24, "2099-01-01T00:00:00Z", scoreGiven=80)
    assert services.score(column, 24, LATER, scoreGiven=90).status_code == 409


@pytest.mark.parametrize("user", [63, 64, 60, 61, 65, 2, 99999])
def test_who_is_no_learner_gets_no_score(user: int, services: Services) -> None:
    refused = services.score(services.column(), user, AT, scoreGiven=80, comment="评语")
    assert (refused.status_code, refused.text) == (400, "[]")
    reason = refused.reason.encode("latin-1").decode()
    assert reason.startswith("Incorrect score received{")
    assert "评语" in reason


@pytest.mark.parametrize("user", [58, 59, 62])
def test_suspended_learners_and_those_who_teach_too_get_theirs(user: int, services: Services) -> None:
    assert services.score(services.column(), user, AT, scoreGiven=80).status_code == 200


def test_the_unenrolled_get_none_any_more_and_leave_the_roster(
    school: RunningMoodle, services: Services
) -> None:
    column = services.column()
    assert "24" in roster(services)
    school.change("unenrol", user=24)
    assert services.score(column, 24, AT, scoreGiven=80).status_code == 400
    assert "24" not in roster(services)


def test_the_newly_enrolled_are_in_roster_and_gradebook_at_once(
    school: RunningMoodle, services: Services
) -> None:
    made = school.change("enrol", username="new", firstname="新", lastname="陈", group=1)
    assert str(made["user"]) in roster(services)
    assert services.score(services.column(), made["user"], AT, scoreGiven=80).status_code == 200


@pytest.mark.parametrize(
    "broken",
    [
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"gradingProgress": None},
        {"activityProgress": None},
        {"scoreMaximum": None},
        {"scoreGiven": "much"},
        {"userId": None},
    ],
)
def test_a_score_that_is_not_whole_is_refused(broken: dict[str, object], services: Services) -> None:
    told: dict[str, object] = {
        "userId": "24",
        "timestamp": AT,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    told |= {"scoreGiven": 80, "scoreMaximum": 100, **broken}
    sent = {name: value for name, value in told.items() if value is not None}
    answer = services("POST", into(services.column(), "/scores"), sent, kind=names.SCORE_TYPE)
    assert (answer.status_code, answer.json()) == (400, [])


def test_a_score_in_another_media_type_finds_nobody(services: Services) -> None:
    column = services.column()
    answer = services("POST", into(column, "/scores"), {"userId": "24"}, kind="application/json")
    assert answer.status_code == 400
    assert answer.json()["reason"].startswith("No handler found for /2/lineitems/15/lineitem/scores")


@pytest.mark.parametrize(
    ("given", "of", "kept"),
    [(30, 40, 75), (1.2, 1, 100), (-5, 100, 0), (59.99, 100, 59.99), (2, 3, 66.66667)],
)
def test_scores_are_scaled_and_cut(given: float, of: float, kept: float, services: Services) -> None:
    column = services.column()
    services.score(column, 24, AT, scoreGiven=given, scoreMaximum=of)
    assert services.results(column)["24"]["resultScore"] == kept


def test_a_score_without_comment_wipes_the_comment(services: Services) -> None:
    column = services.column()
    services.score(column, 24, AT, scoreGiven=80, comment="合格")
    assert services.results(column)["24"]["comment"] == "合格"
    services.score(column, 24, LATER, scoreGiven=81)
    assert "comment" not in services.results(column)["24"]


@pytest.mark.parametrize("telling", [{"gradingProgress": "Pending"}, {"scoreGiven": None}])
def test_progress_alone_erases_the_grade(telling: dict[str, object], services: Services) -> None:
    column, own = services.column(), own_column(services)
    for each in (column, own):
        services.score(each, 24, AT, scoreGiven=80)
        assert services.score(each, 24, LATER, **{"scoreGiven": 80, **telling}).status_code == 200
    cleared = services.results(column)["24"]
    assert cleared == {"id": f"{into(column, '/results')}&user_id=24", "userId": "24"}
    assert services.results(own) == {}


def test_results_tell_the_site_s_own_zone_and_take_no_limit(services: Services) -> None:
    column = services.column()
    services.score(column, 24, AT, scoreGiven=80)
    services.score(column, 25, AT, scoreGiven=60)
    assert services.results(column, user_id=24)["24"]["timestamp"] == "2026-11-22T02:08:07+08:00"
    assert services.results(column, user_id=24).keys() == {"24"}
    page = services("GET", f"{into(column, '/results')}&limit=5", accept=names.RESULTS_TYPE)
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_another_maximum_rescales_and_makes_nothing_into_zero(services: Services) -> None:
    column = services.column()
    services.score(column, 24, AT, scoreGiven=80)
    services.score(column, 25, AT)
    told = {"id": column, "scoreMaximum": 50, "label": "研修评分", "resourceId": "r", "tag": "t"}
    assert services("PUT", column, told, kind=names.LINE_ITEM_TYPE).status_code == 200
    found = services.results(column)
    assert [(found[user]["resultScore"], found[user]["resultMaximum"]) for user in ("24", "25")] == [
        (40, 50),
        (0, 50),
    ]
    assert found["24"]["timestamp"] != "2026-11-22T02:08:07+08:00"


def test_the_link_header_of_columns_is_no_parser_s_friend(services: Services) -> None:
    for place in range(3):
        services.column(tag=f"t{place}")
    page = services("GET", "/2/lineitems?type_id=1&limit=2&from=2", accept=names.LINE_ITEMS_TYPE)
    link = page.headers["Link"].encode("latin-1").decode()
    assert [part.partition("rel=")[2] for part in link.split(", ")] == [
        "“first”",
        "“prev”",
        "“canonical”",
        "“last”",
    ]
    assert "&amp;limit=2&amp;from=0>" in link
    assert len(page.json()) == 2
    first = services("GET", "/2/lineitems?type_id=1&limit=2", accept=names.LINE_ITEMS_TYPE)
    assert "“next”" in first.headers["Link"].encode("latin-1").decode()
    assert requests.utils.parse_header_links(first.headers["Link"])[0].get("rel") != "first"


@pytest.mark.parametrize(
    ("asked", "tags"), [("tag=t", ["t"]), ("resource_id=x", ["other"]), ("resource_link_id=1", [""])]
)
def test_columns_are_found_by_what_they_are_tagged_with(
    asked: str, tags: list[str], services: Services
) -> None:
    services.column()
    services.column(resourceId="x", tag="other")
    told = services("GET", f"/2/lineitems?type_id=1&{asked}", accept=names.LINE_ITEMS_TYPE).json()
    assert [row["tag"] for row in told] == tags


def test_a_deleted_column_is_gone_even_an_activity_s_own(services: Services, browser: Browser) -> None:
    own = own_column(services)
    assert services("DELETE", own).status_code == 204
    assert services("GET", own).status_code == 404
    endpoint = browser.sign_in(24).launched()[names.GRADES + "claim/endpoint"]
    assert "lineitem" not in endpoint


def test_a_column_must_have_a_label_and_a_maximum(services: Services) -> None:
    for told in ({"label": "x"}, {"scoreMaximum": 5}, {"label": "x", "scoreMaximum": 0}):
        answer = services("POST", "/2/lineitems?type_id=1", told, kind=names.LINE_ITEM_TYPE)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("scope", "path", "accept", "status"),
    [
        (names.LINE_ITEM_READ, "/2/lineitems?type_id=1", names.LINE_ITEMS_TYPE, 200),
        (names.SCORE, "/2/lineitems?type_id=1", names.LINE_ITEMS_TYPE, 401),
        (names.MEMBERSHIP, "/CourseSection/2/bindings/1/memberships", names.MEMBERSHIPS_TYPE, 200),
        (names.MEMBERSHIP, "/CourseSection/2/bindings/2/memberships", names.MEMBERSHIPS_TYPE, 401),
        (names.MEMBERSHIP, "/CourseSection/77/bindings/1/memberships", names.MEMBERSHIPS_TYPE, 404),
        (names.LINE_ITEM, "/2/lineitems?type_id=2", names.LINE_ITEMS_TYPE, 401),
        (names.LINE_ITEM, "/2/lineitems/99/lineitem?type_id=1", names.LINE_ITEM_TYPE, 404),
        (names.LINE_ITEM, "/2/lineitems?type_id=1", "application/json", 400),
    ],
)
def test_a_token_opens_what_its_scopes_say(
    scope: str, path: str, accept: str, status: int, school: RunningMoodle, tool: PeerTool
) -> None:
    services = Services(school.url, tool.token(school, scope))
    assert services("GET", path, accept=accept).status_code == status


def test_a_token_ends_after_an_hour(school: RunningMoodle, services: Services) -> None:
    now = school.server.model.now()
    school.server.model.now = lambda: now + 3601
    assert services("GET", "/2/lineitems?type_id=1").status_code == 401


def test_tools_see_their_own_columns_only(school: RunningMoodle, services: Services, tool: PeerTool) -> None:
    column = services.column()
    other = PeerTool(tool.url, key=tool.key, client_id="other")
    other.registered(school)
    theirs = Services(school.url, other.token(school))
    assert theirs("GET", "/2/lineitems?type_id=2", accept=names.LINE_ITEMS_TYPE).json() == []
    assert theirs("GET", column.replace("type_id=1", "type_id=2")).status_code == 404


def test_a_copied_course_keeps_tags_and_nothing_else(
    school: RunningMoodle, services: Services, browser: Browser
) -> None:
    column = services.column()
    services.score(column, 24, AT, scoreGiven=80)
    made = school.change("copy_course", label="LC2025", title="下一期", members=[25])
    course, (cmid,) = made["course"], made["activities"]
    claims = browser.sign_in(65).launched(f"/mod/lti/launch.php?id={cmid}")
    assert claims[names.LTI + "context"]["id"] == str(course) == "4"
    assert claims[names.LTI + "resource_link"]["id"] == "2"
    lineitems = claims[names.GRADES + "claim/endpoint"]["lineitems"]
    rows = services("GET", lineitems, accept=names.LINE_ITEMS_TYPE).json()
    assert [(row["resourceId"], row["tag"]) for row in rows] == [("", ""), ("r", "t")]
    assert column not in [row["id"] for row in rows]
    assert services.results(rows[1]["id"]) == {}
    assert services.score(rows[1]["id"], 24, LATER, scoreGiven=1).status_code == 400
    assert services.score(rows[1]["id"], 25, LATER, scoreGiven=1).status_code == 200
    answer = browser.sign_in(24).answer(browser.begin(f"/mod/lti/launch.php?id={cmid}"))
    assert answer.status_code == 303


def test_a_copied_course_tells_what_it_was_copied_from_newest_first(
    moodle: RunningMoodle, tool: PeerTool
) -> None:
    tool.registered(moodle, custom={"history": "$Context.id.history"})
    first = moodle.change("copy_course", label="A")
    second = moodle.change("copy_course", label="B", course=first["course"])
    (cmid,) = second["activities"]
    claims = Browser(moodle.url).sign_in(2).launched(f"/mod/lti/launch.php?id={cmid}")
    assert claims[names.LTI + "custom"]["history"] == "4,2"


def roster(services: Services) -> list[str]:
    """The user ids of the whole roster, by its pages."""
    place: str | None = f"{services.url}{names.SERVICES}/CourseSection/2/bindings/1/memberships?limit=25"
    found: list[str] = []
    for _ in range(10):
        if place is None:
            return found
        page = services("GET", place, accept=names.MEMBERSHIPS_TYPE)
        found += [member["user_id"] for member in page.json()["members"]]
        place = page.links.get("next", {}).get("url")
    raise AssertionError("the pages do not end")


def test_the_roster_calls_tutors_learners_and_hides_suspended_enrolments(services: Services) -> None:
    found = roster(services)
    assert len(found) == len(set(found)) == 59
    assert {"58", "62", "63", "64"} < set(found)
    assert not {"59", "60", "61", "65", "2"} & set(found)

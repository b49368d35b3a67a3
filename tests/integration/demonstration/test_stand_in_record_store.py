"""The stand-in LRS by the book: order, paging, filters, headers, voiding, statements in."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest
import requests

from lms_scoring.demonstration.lrs_model import instant, milliseconds
from lms_scoring.demonstration.running import Options, RunningLrs, RunningPlatform, running_lrs

THROUGH = "X-Experience-API-Consistent-Through"
VERSION = "X-Experience-API-Version"


FEW, DISTINCT = 3_000, 2_980
"""Three pages of the recorded statements are enough for most tests; some of them were sent again."""

Row = dict[str, Any]


class Reader:
    """A client of a record store."""

    def __init__(self, lrs: RunningLrs, session: requests.Session) -> None:
        self.lrs = lrs
        self.session = session
        session.auth = (lrs.key, lrs.secret)
        session.headers[VERSION] = "1.0.3"

    def get(self, **query: Any) -> requests.Response:
        return self.session.get(f"{self.lrs.url}/statements", params=query, timeout=30)

    def follow(self, **query: Any) -> Iterator[requests.Response]:
        origin = self.lrs.url.removesuffix("/xapi")
        response = self.get(**query)
        yield response
        while more := _read(response).get("more"):
            assert more.startswith("/xapi/statements")
            response = self.session.get(origin + more, timeout=30)
            yield response

    def all(self, **query: Any) -> list[Row]:
        return [each for response in self.follow(**query) for each in _read(response)["statements"]]

    def post(self, statements: object) -> requests.Response:
        return self.session.post(f"{self.lrs.url}/statements", json=statements, timeout=30)


def reading(**options: Any) -> Iterator[Reader]:
    with running_lrs(Options(**{"statements": FEW, **options})) as lrs, requests.Session() as session:
        yield Reader(lrs, session)


@pytest.fixture(scope="module")
def whole(platform: RunningPlatform) -> Iterator[Reader]:
    """A client of all recorded statements."""
    with requests.Session() as session:
        yield Reader(platform.lrs, session)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A client of few statements, which nobody changes."""
    yield from reading()


@pytest.fixture
def own() -> Iterator[Reader]:
    """A client of few statements and whatever a test adds."""
    yield from reading()


@pytest.fixture(scope="module")
def everything(whole: Reader) -> list[Row]:
    """All statements, oldest first."""
    return whole.all(ascending="true")


@pytest.fixture(scope="module")
def few(reader: Reader) -> list[Row]:
    """The few statements, oldest first."""
    return reader.all(ascending="true")


def _read(response: requests.Response) -> Row:
    """The JSON of an answer; of hundreds of large ones, faster than by `requests`."""
    assert response.ok
    read: Row = msgspec.json.decode(response.content)
    return read


def statement(**more: object) -> Row:
    actor = {"account": {"homePage": "http://127.0.0.1", "name": "3"}}
    verb = {"id": "http://adlnet.gov/expapi/verbs/experienced"}
    return {"actor": actor, "verb": verb, "object": {"id": "http://example.org/a"}, **more}


def test_all_distinct_statements_come_in_order_of_arrival(
    platform: RunningPlatform, everything: list[Row]
) -> None:
    assert len(platform.lrs.model) == 39_625
    assert len(everything) == len({each["id"] for each in everything}) == 39_621  # 4 are voided
    stored = [milliseconds(each["stored"]) for each in everything]
    assert all(earlier < later for earlier, later in pairwise(stored))
    assert everything[0]["id"] == "93abfbdd-aa8d-4c7a-bcc2-f85517f59be1"
    assert all(milliseconds(each["timestamp"]) <= milliseconds(each["stored"]) for each in everything)
    assert datetime.fromisoformat(everything[-1]["stored"]) < datetime.fromisoformat("2025-01-01T00:00:00Z")


def test_stored_is_the_same_at_every_start(few: list[Row], own: Reader) -> None:
    assert own.get(limit=1).json()["statements"][0]["stored"] == few[-1]["stored"]


def test_without_ascending_the_newest_come_first(reader: Reader, few: list[Row]) -> None:
    assert reader.all(limit=1000) == few[::-1]
    assert len(few) == DISTINCT


def test_statements_speak_of_the_stand_in_moodle(platform: RunningPlatform, everything: list[Row]) -> None:
    places = {each["actor"]["account"]["homePage"] for each in everything if "account" in each["actor"]}
    assert platform.moodle.url in places
    assert not any(":8800" in place for place in places)


@pytest.mark.parametrize(("limit", "size"), [("0", 1000), ("5000", 1000), ("17", 17), (None, 1000)])
def test_a_page_has_at_most_the_limit_and_never_more_than_the_maximum(
    reader: Reader, limit: str | None, size: int
) -> None:
    assert len(reader.get(limit=limit).json()["statements"]) == size


def test_since_is_exclusive_and_until_inclusive_by_stored(reader: Reader, few: list[Row]) -> None:
    first, last = few[2_000]["stored"], few[2_500]["stored"]
    assert reader.all(since=first, until=last, ascending="true", limit=100) == few[2_001:2_501]
    assert reader.all(since=last, until=last) == []
    assert reader.all(until=few[2]["stored"]) == few[2::-1]


def test_times_with_another_offset_mean_the_same_instant(reader: Reader, few: list[Row]) -> None:
    moment = datetime.fromisoformat(few[2_400]["stored"])
    shifted = moment.astimezone(datetime.fromisoformat("2024-01-01T00:00:00+08:00").tzinfo).isoformat()
    assert shifted.endswith("+08:00")
    assert len(reader.all(since=shifted)) == DISTINCT - 2_401


def test_filters_find_what_a_reader_of_everything_finds(reader: Reader, few: list[Row]) -> None:
    verb = "http://activitystrea.ms/create"
    created = [each for each in few if each["verb"]["id"] == verb]
    assert reader.all(verb=verb, ascending="true") == created != []
    place = few[0]["object"]["id"]
    assert reader.all(activity=place, ascending="true")[0] == few[0]
    home = few[0]["actor"]["account"]["homePage"]
    agent = json.dumps({"account": {"homePage": home, "name": "9"}})
    found = reader.all(agent=agent, ascending="true")
    assert found[0] == few[0]
    assert {each["actor"]["account"]["name"] for each in found} == {"9"}


def test_every_answer_carries_the_version_and_how_far_it_is_consistent(reader: Reader) -> None:
    for number, response in enumerate(reader.follow(limit=500)):
        assert response.headers[VERSION] == "1.0.3"
        assert milliseconds(response.headers[THROUGH]) > milliseconds(
            response.json()["statements"][0]["stored"]
        )
        if number == 2:
            break


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0.3", 200), ("1.0.0", 200), ("1.0", 200), ("2.0.0", 200), ("0.9", 400), (None, 400)],
)
def test_the_version_header_is_required_and_checked(reader: Reader, version: str | None, status: int) -> None:
    headers = {VERSION: version}
    place = f"{reader.lrs.url}/statements?limit=1"
    assert reader.session.get(place, headers=headers, timeout=30).status_code == status


def test_nobody_reads_without_credentials_except_about(reader: Reader) -> None:
    place = f"{reader.lrs.url}/statements?limit=1"
    assert requests.get(place, headers={VERSION: "1.0.3"}, timeout=30).status_code == 401
    wrong = requests.get(place, headers={VERSION: "1.0.3"}, auth=(reader.lrs.key, "wrong"), timeout=30)
    assert wrong.status_code == 401
    assert "1.0.3" in requests.get(f"{reader.lrs.url}/about", timeout=30).json()["version"]


@pytest.mark.parametrize(
    "query",
    [
        {"foo": "1"},
        {"since": "yesterday"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"ascending": "maybe"},
        {"cursor": "nonsense"},
        {"statementId": "x", "limit": "3"},
        {"statementId": "x", "voidedStatementId": "y"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(reader: Reader, query: dict[str, str]) -> None:
    assert reader.get(**query).status_code == 400


def test_voided_statements_are_found_only_as_such(whole: Reader, everything: list[Row]) -> None:
    voiding = [each for each in everything if each["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided"]
    assert len(voiding) == 4
    target = voiding[0]["object"]["id"]
    assert target not in {each["id"] for each in everything}
    assert whole.get(statementId=target).status_code == 404
    assert whole.get(voidedStatementId=target).json()["id"] == target
    assert whole.get(statementId=voiding[0]["id"]).json() == voiding[0]
    assert whole.get(statementId=str(uuid.uuid4())).status_code == 404


def test_a_posted_statement_arrives_after_what_was_consistent(own: Reader) -> None:
    through = own.get(limit=1).headers[THROUGH]
    assert own.all(since=through) == []
    mine = statement(
        id=str(uuid.uuid4()), timestamp="2024-11-01T10:00:00+08:00", stored="1999-01-01T00:00:00Z"
    )
    assert own.post([mine]).json() == [mine["id"]]
    (told,) = own.all(since=through)
    assert (told["id"], told["timestamp"]) == (mine["id"], mine["timestamp"])
    assert milliseconds(told["stored"]) > milliseconds(through)
    assert own.all(since=own.get(limit=1).headers[THROUGH]) == []


def test_the_same_again_changes_nothing_and_another_is_a_conflict(own: Reader) -> None:
    mine = statement(id=str(uuid.uuid4()), timestamp="2024-11-01T10:00:00Z")
    assert own.post(mine).status_code == 200
    assert own.post(mine).status_code == 200
    fresh = statement(id=str(uuid.uuid4()))
    assert own.post([fresh, {**mine, "timestamp": "2024-11-02T10:00:00Z"}]).status_code == 409
    assert own.get(statementId=fresh["id"]).status_code == 404
    assert len(own.lrs.model) == DISTINCT + 1


def test_a_batch_is_refused_whole(own: Reader) -> None:
    mine = statement(id=str(uuid.uuid4()))
    assert own.post([mine, mine]).status_code == 400
    assert own.post([mine, {"verb": {}}]).status_code == 400
    assert own.session.post(f"{own.lrs.url}/statements", data=b"{", timeout=30).status_code == 400
    assert len(own.lrs.model) == DISTINCT


def test_put_keeps_one_statement_under_its_id(own: Reader) -> None:
    identifier = str(uuid.uuid4())
    place = f"{own.lrs.url}/statements?statementId={identifier}"
    assert own.session.put(place, json=statement(), timeout=30).status_code == 204
    assert own.get(statementId=identifier).json()["object"] == {"id": "http://example.org/a"}


def test_voiding_hides_a_statement_from_lists(own: Reader) -> None:
    target = own.get(limit=1).json()["statements"][0]["id"]
    verb = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    own.post(statement(verb=verb, object={"objectType": "StatementRef", "id": target}))
    assert target not in [each["id"] for each in own.get(limit=3).json()["statements"]]
    assert own.get(voidedStatementId=target).json()["id"] == target


def test_pages_begun_before_new_statements_stay_valid(own: Reader) -> None:
    pages = own.follow(limit=1000)
    found = next(pages).json()["statements"]
    own.post([statement() for _ in range(5)])
    for response in pages:
        found += response.json()["statements"]
    assert len({each["id"] for each in found}) == len(found) == DISTINCT


def test_an_lrs_like_ralph_has_its_quirks(few: list[Row]) -> None:
    for ralph in reading(lrs_kind="ralph"):
        place = f"{ralph.lrs.url}/statements"
        bare = requests.get(place, auth=(ralph.lrs.key, ralph.lrs.secret), params={"limit": 3}, timeout=30)
        assert bare.status_code == 200
        assert not {VERSION, THROUGH} & bare.headers.keys()
        first_three = [each["id"] for each in bare.json()["statements"]]
        assert first_three == [each["id"] for each in few[:3]]
        backwards = ralph.get(limit=3, ascending="false").json()["statements"]
        assert [each["id"] for each in backwards] == first_three[::-1]
        assert len(ralph.get(limit=0).json()["statements"]) == DISTINCT
        assert ralph.get(verb=few[0]["verb"]["id"]).json()["statements"] == []
        assert requests.get(f"{ralph.lrs.url}/about", timeout=30).status_code == 404
        one = ralph.get(statementId=first_three[0]).json()["statements"]
        assert [each["id"] for each in one] == first_three[:1]


def test_an_lrs_like_ralph_filters_on_the_clients_clock(few: list[Row]) -> None:
    edge = "2024-10-24T12:00:00Z"
    expected, by_arrival = (
        [each["id"] for each in few if milliseconds(each[clock]) > milliseconds(edge)]
        for clock in ("timestamp", "stored")
    )
    for ralph in reading(lrs_kind="ralph"):
        assert [each["id"] for each in ralph.all(since=edge, limit=1000)] == expected != by_arrival


def test_an_lrs_like_ralph_lists_voided_statements(whole: Reader) -> None:
    voiding = whole.get(verb="http://adlnet.gov/expapi/verbs/voided", ascending="true").json()["statements"]
    target = voiding[0]["object"]["id"]
    for ralph in reading(lrs_kind="ralph", statements=14_000):
        assert target in {each["id"] for each in ralph.get(limit=0).json()["statements"]}


def test_an_lrs_like_ralph_offers_more_after_an_exactly_full_page() -> None:
    for ralph in reading(lrs_kind="ralph"):
        sizes = [
            len(page.json()["statements"]) for page in ralph.follow(until="2024-10-22T00:00:00Z", limit=1)
        ]
        assert sizes[-1] == 0
        assert set(sizes[:-1]) == {1}


def test_an_lrs_like_adls_says_on_first_pages_only_how_far_it_is_consistent() -> None:
    for adl in reading(lrs_kind="adl"):
        pages = list(adl.follow(until="2024-10-26T00:00:00Z", limit=50))
        assert len(pages) > 2
        assert [THROUGH in page.headers for page in pages] == [True] + [False] * (len(pages) - 1)
        assert pages[0].json()["more"].startswith("/xapi/statements/more/")
        mine = statement(id=str(uuid.uuid4()))
        assert [adl.post(mine).status_code for _ in range(2)] == [200, 409]


def test_malformed_statements_stand_between_good_ones(few: list[Row]) -> None:
    for reader in reading(malformed_every=100):
        found = reader.all(ascending="true", limit=1000)
        assert "yesterday, around noon" in [each["timestamp"] for each in found]
        assert "2024-11-01T10:00:00" in [each["timestamp"] for each in found]
        assert any("actor" not in each for each in found)
        assert any("id" not in each for each in found)
        good = {each["id"] for each in few}
        assert [each["id"] for each in found if each.get("id") in good] == [each["id"] for each in few]
        assert len(found) - len(few) == 30


def test_times_are_written_with_milliseconds() -> None:
    assert instant(1_729_526_948_007) == "2024-10-21T16:09:08.007Z"
    assert milliseconds("2024-10-21T16:09:08.007Z") == 1_729_526_948_007

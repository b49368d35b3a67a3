"""Pages while the cards by rules that were just taken on are still awaited, and once they are made."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from lms_scoring.ports import KeptScheme
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.signing import Signature
from lms_scoring.store.databases.engine import transaction
from tests.given import passing_from
from tests.integration.web.forms import token_of
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.programs import Program, given_key
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SHELF, School, rules_of

BOARD = f"/courses/{COURSE}/"
CARD = f"{BOARD}people/moodle-6"
WHO = "马欣怡"
EASY = passing_from(60)


@pytest.fixture
def awaiting(own_school: School) -> School:
    """A school that passes from 60 on since a moment ago, and had no time yet to make the cards."""
    own_school.clock.go_on(1_000)
    before, offer = rules_of(own_school.store), SHELF.read(EASY)
    with own_school.store.reading() as transaction:
        course = transaction.course(COURSE)
    done = adopt(
        replace(course, scheme=offer.scheme.fingerprint),
        KeptScheme(fingerprint=offer.scheme.fingerprint, name="easy", text=EASY),
        replace(before, scheme=offer.scheme),
        own_school.store,
        clock=own_school.clock,
        signed=Signature(by=COORDINATOR, reason="县里的新方案"),
        before=before,
        at_once=0,
    )
    assert done == Assessed(scored=0, changed=0, awaited=11)
    return own_school


def make_cards(school: School) -> None:
    school.clock.go_on(1_000)
    assess(rules_of(school.store), school.store, clock=school.clock)


def row_of(page: HtmlPage) -> list[str]:
    (row,) = (e for e in page.all("tr") if WHO in e.text)
    return row.text.split()


def test_a_board_says_what_of_it_is_new_and_what_follows(awaiting: School) -> None:
    page = awaiting.page(awaiting.signed_in(COORDINATOR), f"{BOARD}?class={FIRST}")
    (notice,) = (e for e in page.all("div") if e.attributes.get("id") == "awaited")
    assert "还有 5 张成绩单要按它逐一重新计分" in notice.text
    assert "人数、中位数、筛选和排序仍按原来的成绩单" in notice.text
    row = row_of(page)
    assert row[:7] == [WHO, "一班", "39.95", "16.00", "20.00", "4.00", "79.95"]
    assert row[7] == "暂定合格"


def test_a_board_in_english_counts_one_card_in_the_singular(awaiting: School) -> None:
    with awaiting.store.writing() as transaction:
        others = [one for one in transaction.awaited(COURSE) if one != "moodle-6"]
        transaction.await_no_more(COURSE, others)
    page = awaiting.page(awaiting.signed_in(COORDINATOR), f"{BOARD}?class={FIRST}&lang=en")
    assert "one card is still to be scored by them" in page.text
    assert "Of these, by the new rules:" in page.text


def test_other_rules_are_refused_until_the_cards_are_made(awaiting: School) -> None:
    """As in a course of many: of one card nothing was measured, so it is not known how few there are."""
    with transaction(awaiting.store.engine, writes=True) as connection:
        connection.exec_driver_sql("DELETE FROM measured WHERE person = 'moodle-6'")
    client = awaiting.signed_in(COORDINATOR)
    for language, said in (
        ("zh", "还有 11 张成绩单要按它重新计分"),
        ("en", "11 cards are still to be made"),
    ):
        client.get(f"{BOARD}?lang={language}")
        form = {"choice": "own", "text": passing_from(70), "do": "preview", "token": token_of(client)}
        answer = client.post(f"{BOARD}rescore", data=form)
        assert answer.status_code == 409
        (notice,) = HtmlPage(answer.text).texts("p", "wrong")
        assert said in notice
    make_cards(awaiting)
    assert client.post(f"{BOARD}rescore", data=form).status_code == 200


def test_a_persons_page_shows_the_whole_card_by_the_new_rules(awaiting: School) -> None:
    page = awaiting.page(awaiting.signed_in("moodle-6"), CARD)
    assert page.texts("p", "verdict-sentence") == ["合格：目前 79.95 分，合格线 60 分。"]
    assert "这张成绩单已按新方案为您算好" in page.text
    assert "县里的新方案" in page.all("table", "history")[0].text


def test_the_drawer_and_the_api_say_that_the_card_is_not_kept(awaiting: School) -> None:
    drawer, program = f"{CARD}?glance=1", Program(awaiting, given_key(awaiting)[0])

    def told() -> tuple[bool, object]:
        page = awaiting.page(awaiting.signed_in(COORDINATOR), drawer)
        (card,) = program.read(f"courses/{COURSE}/people/moodle-6")["cards"]
        assert card["state"] == "pass"
        return "这张成绩单已按新方案为您算好" in page.text, card["provisional"]

    assert told() == (True, True)
    make_cards(awaiting)
    assert told() == (False, False)


def test_pages_of_the_cards_before_say_so_until_all_are_made(awaiting: School) -> None:
    overview, desk = f"{BOARD}overview", f"{BOARD}desk?class={FIRST}"
    counts = {overview: 11, desk: 6, f"{BOARD}desk/bulletins?class={FIRST}": 6}
    client = awaiting.signed_in(COORDINATOR)
    for path, count in counts.items():
        (notice,) = (e for e in awaiting.page(client, path).all("p") if e.attributes.get("id") == "awaited")
        assert f"还有 {count} 张成绩单要按它逐一重新计分" in notice.text
        assert "仍按原来的成绩单，都是暂定的" in notice.text
    make_cards(awaiting)
    for path in counts:
        page = awaiting.page(client, path)
        assert not any(e.attributes.get("id") == "awaited" for e in page.all("p"))


def test_a_file_tells_the_results_before_as_provisional(awaiting: School) -> None:
    answer = awaiting.signed_in(COORDINATOR).get(f"{BOARD}board.csv?class={FIRST}")
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    (row,) = (row for row in rows if row["name"] == WHO)
    assert (row["score"], row["state"], row["provisional"]) == ("79.95", "fail", "true")


def test_once_the_cards_are_made_pages_are_as_ever_and_say_who_took_the_rules_on(awaiting: School) -> None:
    make_cards(awaiting)
    page = awaiting.page(awaiting.signed_in(COORDINATOR), f"{BOARD}?class={FIRST}")
    assert not any(e.attributes.get("id") == "awaited" for e in page.all("div"))
    assert row_of(page)[7] == "合格"
    card = awaiting.page(awaiting.signed_in("moodle-6"), CARD)
    assert "这张成绩单已按新方案为您算好" not in card.text
    assert "县里的新方案" in card.all("table", "history")[0].text

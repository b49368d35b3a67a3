"""The scoreboard as coordinators and tutors use it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, HOSTILE, SECOND_CLASS, School

BOARD = f"/courses/{COURSE}/"


def names(page: HtmlPage) -> list[str]:
    """The people of the board, from the top."""
    rows = [e for e in page.all("th") if e.attributes.get("scope") == "row"]
    return [row.text for row in rows if "colspan" not in row.attributes]


def searched(client: FlaskClient, **form: str) -> HtmlPage:
    tokens = [e for e in HtmlPage(client.get(BOARD).text).all("input") if e.attributes.get("name") == "token"]
    answer = client.post(BOARD, data={"token": tokens[0].attributes["value"], **form})
    assert answer.status_code == 200
    page = HtmlPage(answer.text)
    assert page.faults == []
    return page


@pytest.fixture
def coordinator(school: School) -> FlaskClient:
    return school.signed_in(COORDINATOR)


def test_the_board_shows_each_cards_own_numbers(school: School, coordinator: FlaskClient) -> None:
    page = school.page(coordinator, f"{BOARD}?class={FIRST}")
    (row,) = (e for e in page.all("tr") if "马欣怡" in e.text)
    assert row.text.split() == [
        *("马欣怡", "一班", "39.95", "16.00", "20.00", "4.00", "79.95", "不合格"),
        *("不可达", "还差", "0.05", "分"),
    ]
    (unmarked,) = (e for e in page.all("tr") if "黄涛" in e.text)
    assert unmarked.text.split()[2:9] == ["16.96", "待批改", "10.00", "20.00", "20.00", "66.96", "不合格"]


def test_what_could_not_be_read_is_marked_beside_the_points_and_the_total(
    school: School, coordinator: FlaskClient
) -> None:
    page = school.page(coordinator, f"{BOARD}?class={FIRST}&lang=en")
    (row,) = (e for e in page.all("tr") if "(name unknown)" in e.text)
    why = "not taken for nothing, there may be more)"
    assert f"at least (1 record could not be read; {why} 4.80" in row.text
    assert f"at least (some records could not be read; {why} 10.80 not passed" in row.text
    assert row.text.count("at least") == 2
    titles = [e.attributes["title"] for e in page.all("span", "unknown")]
    assert titles[0] == "1 record could not be read; not taken for nothing, there may be more"
    assert len(titles) == 4, "the average of study time and of the total are at least so much too"


def test_the_best_come_first_unless_asked_otherwise(school: School, coordinator: FlaskClient) -> None:
    totals = [float(text.split()[-1]) for text in school.page(coordinator, BOARD).texts("td", "total")]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize("column", ["name", "class", "study_time", "homework", "journal", "posts", "state"])
def test_every_column_sorts_both_ways(school: School, coordinator: FlaskClient, column: str) -> None:
    upwards = names(school.page(coordinator, f"{BOARD}?sort={column}"))
    downwards = names(school.page(coordinator, f"{BOARD}?sort=-{column}"))
    assert sorted(upwards) == sorted(downwards)
    assert upwards != downwards


def test_names_are_in_the_order_of_pinyin(school: School, coordinator: FlaskClient) -> None:
    han = [n for n in names(school.page(coordinator, f"{BOARD}?sort=name")) if n in "刘磊黄涛周桂英马欣怡"]
    assert han == ["黄涛", "刘磊", "马欣怡", "周桂英"]


def test_the_head_of_the_leading_column_says_so_and_turns_round(
    school: School, coordinator: FlaskClient
) -> None:
    page = school.page(coordinator, f"{BOARD}?sort=-posts")
    heads = [e for e in page.all("th") if "aria-sort" in e.attributes]
    sorted_by = {head.text.split()[0]: head.attributes["aria-sort"] for head in heads}
    assert sorted_by["研讨发帖"] == "descending"
    assert {state for name, state in sorted_by.items() if name != "研讨发帖"} == {"none"}
    (link,) = (e.attributes["href"] for e in page.all("a") if e.text == "研讨发帖")
    assert parse_qs(urlsplit(link).query) == {"sort": ["posts"]}


def test_a_result_narrows_the_board_and_keeps_the_class(school: School, coordinator: FlaskClient) -> None:
    page = school.page(coordinator, f"{BOARD}?class={SECOND_CLASS}&state=pass")
    assert set(page.texts("td", "class")) == {SECOND_CLASS}
    assert {text.split()[0] for text in page.texts("td", "result")} == {"合格"}
    links = [e.attributes["href"] for e in page.all("a", "chip")]
    assert links
    assert all(parse_qs(urlsplit(link).query)["class"] == [SECOND_CLASS] for link in links)


def test_counts_above_a_board_that_is_picked_by_a_result_lead_to_all_whom_they_count(
    school: School, coordinator: FlaskClient
) -> None:
    """They are of everybody, whatever the result."""
    chips = school.page(coordinator, f"{BOARD}?state=fail").all("a", "chip")
    assert [one.text for one in chips if "aria-current" in one.attributes] == []
    for chip in chips:
        there = school.page(coordinator, chip.attributes["href"] or "")
        assert len(there.all("td", "result")) == int(chip.text.rsplit(" ", 1)[1]), chip.text
        assert [one.text for one in there.all("a", "chip") if "aria-current" in one.attributes] == [chip.text]


def test_while_a_name_is_searched_for_a_chip_takes_the_place_of_a_result_too(
    coordinator: FlaskClient,
) -> None:
    found = names(searched(coordinator, search="moodle"))
    assert len(names(searched(coordinator, search="moodle", state="fail"))) < len(found)
    assert names(searched(coordinator, search="moodle", state="fail", standing="")) == found
    passed = names(searched(coordinator, search="moodle", standing="passed"))
    assert names(searched(coordinator, search="moodle", state="fail", standing="passed")) == passed != []


def test_who_withdrew_is_shown_only_when_asked_for_and_never_averaged(
    school: School, coordinator: FlaskClient
) -> None:
    usual, all_ = (school.page(coordinator, path) for path in (BOARD, f"{BOARD}?withdrawn=1"))
    assert not any("林杰" in name for name in names(usual))
    assert any(name == "林杰 已退出" for name in names(all_))
    assert [e.text for e in usual.all("tfoot")] == [e.text for e in all_.all("tfoot")]


def test_a_name_is_searched_for_without_standing_in_an_address(coordinator: FlaskClient) -> None:
    page = searched(coordinator, search="memet")
    assert names(page) == ["Aygül Memet"]
    addresses = [e.attributes[a] for e in page.elements for a in ("href", "action") if a in e.attributes]
    assert not any("memet" in address.lower() for address in addresses)
    assert [e.attributes["name"] for e in page.all("button", "chip")]


def test_while_a_name_is_searched_for_columns_still_sort(coordinator: FlaskClient) -> None:
    page = searched(coordinator, search="moodle", sort="-name")
    (button,) = (e for e in page.all("button", "link") if e.text == "姓名")
    assert (button.attributes["name"], button.attributes["value"]) == ("sort", "name")
    assert names(searched(coordinator, search="moodle", sort="name")) == names(page)[::-1]


def test_a_search_that_finds_nobody_says_so(coordinator: FlaskClient) -> None:
    page = searched(coordinator, search="没有这个人")
    assert page.all("table") == []
    assert "没有符合条件的人" in page.text


def test_an_empty_search_goes_back_to_an_address(coordinator: FlaskClient) -> None:
    page = HtmlPage(coordinator.get(BOARD).text)
    (token, *_) = (e for e in page.all("input") if e.attributes.get("name") == "token")
    form = {"token": token.attributes["value"], "search": " ", "class": FIRST, "withdrawn": "1"}
    answer = coordinator.post(BOARD, data=form)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {"class": [FIRST], "withdrawn": ["1"]}


def test_an_address_with_unknown_words_shows_the_board_as_usual(
    school: School, coordinator: FlaskClient
) -> None:
    strange = school.page(coordinator, f"{BOARD}?sort=nothing&state=odd&withdrawn=yes&role=king")
    assert names(strange) == names(school.page(coordinator, BOARD))


def test_tutors_have_a_board_of_their_own(school: School, coordinator: FlaskClient) -> None:
    page = school.page(coordinator, f"{BOARD}?role=tutor")
    assert sorted(names(page)) == ["王敏", "赵国强"]
    assert page.texts("h1") == ["辅导教师成绩榜"]


def test_hostile_names_are_words_and_nothing_else(school: School, coordinator: FlaskClient) -> None:
    for path in (BOARD, f"/courses/{COURSE}/people/moodle-11", f"/courses/{COURSE}/sync"):
        answer = coordinator.get(path)
        assert HOSTILE not in answer.text
        assert HOSTILE in HtmlPage(answer.text).text
    assert set(searched(coordinator, search=HOSTILE).texts("script")) == {""}


def test_a_person_without_a_name_is_still_there(school: School, coordinator: FlaskClient) -> None:
    assert "（姓名未知）" in names(school.page(coordinator, BOARD))


def test_the_board_says_how_old_it_is(school: School, coordinator: FlaskClient) -> None:
    assert "数据截至 2024年12月16日 23:59" in school.page(coordinator, BOARD).text


def test_what_was_searched_for_stands_in_its_field_and_nowhere_else(coordinator: FlaskClient) -> None:
    wanted = '"><em>moodle</em>'
    page = searched(coordinator, search=wanted)
    (field,) = (e for e in page.all("input") if e.attributes.get("name") == "search")
    assert field.attributes["value"] == wanted
    assert page.all("em") == []


def test_rows_are_written_for_who_asks_whoever_asked_before(school: School, coordinator: FlaskClient) -> None:
    views = [
        f"{BOARD}?lang={language}{hide}" for language in ("zh", "en") for hide in ("", "&hide=class.state")
    ]
    before = [school.page(coordinator, view) for view in views]
    rows = [page.texts("tr") for page in before]
    assert len({str(texts) for texts in rows}) == len(views)
    for column in ("class", "result"):
        assert [bool(page.all("td", column)) for page in before] == [True, False, True, False]
    assert [school.page(coordinator, view).texts("tr") for view in views[::-1]] == rows[::-1]

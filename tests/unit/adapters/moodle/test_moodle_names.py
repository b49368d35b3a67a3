"""Names of people, from their parts or joined as the site joins them."""

from __future__ import annotations

import pytest

from adapters.moodle.payloads.people import User
from adapters.moodle.roster import NameOrder, name_from_full, name_of, name_order


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("磊", "刘", "刘磊"), ("Aygül", "Memet", "Aygül Memet"), ("阿依古丽·买买提", "-", "阿依古丽·买买提")],
)
def test_names_are_built_from_their_parts(first: str, last: str, name: str) -> None:
    assert name_of(User(id=1, firstname=first, lastname=last, fullname="whatever")) == name


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([("磊", "刘", "磊 刘"), ("涛", "黄", "涛 黄")], NameOrder.GIVEN_FIRST),
        ([("磊", "刘", "刘 磊")], NameOrder.FAMILY_FIRST),
        ([("磊", "刘", "刘 磊"), ("涛", "黄", "涛 黄")], NameOrder.UNKNOWN),
        ([("磊", "刘", "刘磊")], NameOrder.UNKNOWN),
        ([("明 明", "刘", "刘 明 明"), ("磊", "磊", "磊 磊"), ("涛", "黄", "涛 黄")], NameOrder.GIVEN_FIRST),
        ([], NameOrder.UNKNOWN),
    ],
)
def test_the_order_of_names_is_learnt_from_those_who_show_both_parts(
    rows: list[tuple[str, str, str]], order: NameOrder
) -> None:
    users = [User(id=1, firstname=first, lastname=last, fullname=full) for first, last, full in rows]
    assert name_order(users) is order


@pytest.mark.parametrize(
    ("full", "order", "name"),
    [
        ("超 胡", NameOrder.GIVEN_FIRST, "胡超"),
        ("胡 超", NameOrder.FAMILY_FIRST, "胡超"),
        ("胡 超", NameOrder.UNKNOWN, "胡 超"),
        ("Maria Anna Lopez", NameOrder.GIVEN_FIRST, "Maria Anna Lopez"),
        ("Memet Aygül", NameOrder.FAMILY_FIRST, "Aygül Memet"),
        ("", NameOrder.GIVEN_FIRST, ""),
    ],
)
def test_a_joined_name_is_taken_apart_only_where_that_is_sure(full: str, order: NameOrder, name: str) -> None:
    assert name_from_full(full, order) == name

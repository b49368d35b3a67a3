"""Areas of a transaction are independent: what concerns several of them is spelt out by the transaction."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import defaultdict

import pytest

from lms_scoring.store.sql_transaction import SqlTransaction
from lms_scoring.store.tenant_connection import TenantConnection

AREAS = SqlTransaction.__bases__


def own_names(class_: type) -> set[str]:
    """What the class defines or annotates itself, but what every class has."""
    named = {*vars(class_), *inspect.get_annotations(class_)}
    return {name for name in named if not (name.startswith("__") and name.endswith("__"))}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__)
def test_an_area_inherits_nothing_but_the_connection(area: type) -> None:
    assert area.__bases__ == (TenantConnection,)


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__)
def test_an_area_makes_nothing_and_asks_no_class_above_it(area: type) -> None:
    assert "__init__" not in vars(area)
    source = ast.parse(textwrap.dedent(inspect.getsource(area)))
    assert "super" not in {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}


def test_no_name_stands_for_two_things() -> None:
    owners = defaultdict(list)
    for class_ in (TenantConnection, *AREAS, SqlTransaction):
        for name in own_names(class_):
            owners[name].append(class_.__name__)
    assert {name: classes for name, classes in owners.items() if len(classes) > 1} == {}

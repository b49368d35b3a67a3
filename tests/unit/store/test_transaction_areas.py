"""Areas of a transaction are independent: what concerns several of them is spelt out by the transaction."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import defaultdict

import pytest

from lms_scoring.store.sql_transaction import SqlTransaction
from lms_scoring.store.tenant_connection import TenantConnection
from tests.fakes.memory_store import MemoryTransaction
from tests.fakes.memory_store.area import Area

SHARED: dict[type, type] = {SqlTransaction: TenantConnection, MemoryTransaction: Area}
"""What the areas of each transaction inherit, and nothing else."""
AREAS = [(area, shared) for whole, shared in SHARED.items() for area in whole.__bases__]
each_area = pytest.mark.parametrize(
    ("area", "shared"), AREAS, ids=[f"{shared.__name__}-{area.__name__}" for area, shared in AREAS]
)


def own_names(class_: type) -> set[str]:
    """What the class defines or annotates itself, but what every class has."""
    named = {*vars(class_), *inspect.get_annotations(class_)}
    return {name for name in named if not (name.startswith("__") and name.endswith("__"))}


@each_area
def test_an_area_inherits_nothing_but_what_all_share(area: type, shared: type) -> None:
    assert area.__bases__ == (shared,)


@each_area
def test_an_area_makes_nothing_and_asks_no_class_above_it(area: type, shared: type) -> None:
    assert "__init__" not in vars(area)
    source = ast.parse(textwrap.dedent(inspect.getsource(area)))
    assert "super" not in {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("whole", SHARED)
def test_no_name_stands_for_two_things(whole: type) -> None:
    owners = defaultdict(list)
    for class_ in (SHARED[whole], *whole.__bases__, whole):
        for name in own_names(class_):
            owners[name].append(class_.__name__)
    assert {name: classes for name, classes in owners.items() if len(classes) > 1} == {}

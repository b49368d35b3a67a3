"""Who may import whom: the table of the design, held as code with nothing but the standard library.

A module with no place in the table fails, so that a new part of the product is placed on purpose.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("lms_scoring", "adapters", "config")
EVERYTHING = "everything"


class Place(NamedTuple):
    """What the modules of one place may import, besides each other and the standard library."""

    places: str = ""
    libraries: str = ""


FILES = " ".join(
    f"lms_scoring.files.{name}"
    for name in (
        "scheme_file",
        "scheme_rules",
        "course_file",
        "evidence_file",
        "toml_file",
        "toml_lines",
        "schedule_table",
        "doubt_table",
        "losses_table",
    )
)
INWARD = "lms_scoring.domain lms_scoring.ports"
SHARED = (
    "adapters.answers adapters.http adapters.json_text adapters.check adapters.ahead adapters.plain_text "
    "adapters.numbers_not_given"
)

TABLE = {
    # the core: the standard library, and what lies further in
    "lms_scoring.domain": Place(),
    "lms_scoring.ports": Place("lms_scoring.domain"),
    "lms_scoring.services": Place(f"{INWARD} lms_scoring.words lms_scoring.spelling"),
    # files that people write
    "lms_scoring.files": Place(),
    "lms_scoring.files.toml_lines": Place("", "tree_sitter tree_sitter_toml"),
    "lms_scoring.files.toml_file": Place("lms_scoring.domain lms_scoring.files.toml_lines", "marshmallow"),
    "lms_scoring.files.scheme_rules": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.scheme_file": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.schedule_table": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.losses_table": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.doubt_table": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.course_file": Place(f"lms_scoring.domain {FILES}", "marshmallow"),
    "lms_scoring.files.course_folder": Place(f"lms_scoring.domain {FILES}"),
    "lms_scoring.files.course_scheme": Place(f"lms_scoring.domain {FILES} config.schemes"),
    "lms_scoring.files.secret_files": Place("lms_scoring.domain"),
    "lms_scoring.files.settings": Place(
        f"lms_scoring.domain lms_scoring.files.secret_files {FILES}", "marshmallow"
    ),
    "lms_scoring.files.evidence_file": Place("lms_scoring.domain"),
    "lms_scoring.files.loose_ends": Place("lms_scoring.domain lms_scoring.files.evidence_file"),
    "lms_scoring.words": Place("lms_scoring.domain"),
    "lms_scoring.spelling": Place(libraries="pypinyin"),
    # what the product is reached by, and what it keeps
    "lms_scoring.lti": Place("lms_scoring.domain", "joserfc cryptography"),
    "lms_scoring.files.sealing_file": Place("lms_scoring.domain lms_scoring.lti lms_scoring.private_file"),
    "lms_scoring.key_ring": Place(f"{INWARD} lms_scoring.lti"),
    "lms_scoring.store": Place(f"{INWARD} lms_scoring.spelling", "sqlalchemy alembic msgspec"),
    "lms_scoring.web": Place(
        f"{INWARD} lms_scoring.services lms_scoring.lti lms_scoring.words lms_scoring.spelling "
        "lms_scoring.exports",
        "flask jinja2 markupsafe werkzeug marshmallow flask_smorest prometheus_client",
    ),
    "lms_scoring.logs": Place(),
    "lms_scoring.memory": Place(),
    "lms_scoring.private_file": Place(),
    "lms_scoring.jobs": Place(
        f"{INWARD} lms_scoring.services lms_scoring.logs lms_scoring.memory",
        "apscheduler procrastinate psycopg",
    ),
    "lms_scoring.exports": Place(
        "lms_scoring.domain lms_scoring.services lms_scoring.private_file", "xlsxwriter typst duckdb"
    ),
    # platforms: each reaches inward and to what all share, never to another platform
    "adapters.addresses": Place("lms_scoring.domain"),
    "adapters.connections": Place("lms_scoring.domain adapters.addresses", "requests urllib3"),
    "adapters.turns": Place("lms_scoring.ports"),
    "adapters.notices": Place("lms_scoring.domain lms_scoring.ports", "apprise"),
    "adapters.answers": Place("lms_scoring.domain"),
    "adapters.json_text": Place("", "msgspec"),
    "adapters.http": Place(
        "lms_scoring.domain adapters.addresses adapters.answers adapters.connections adapters.turns",
        "requests urllib3",
    ),
    "adapters.check": Place("lms_scoring.domain"),
    "adapters.counted": Place("lms_scoring.ports adapters.http"),
    "adapters.ahead": Place(),
    "adapters.numbers_not_given": Place(INWARD),
    "adapters.plain_text": Place("lms_scoring.domain", "selectolax"),
    "adapters.moodle": Place(
        f"{INWARD} {SHARED} adapters.moodle.payloads adapters.moodle.evidence", "msgspec"
    ),
    "adapters.moodle.payloads": Place(libraries="msgspec"),
    "adapters.moodle.evidence": Place("lms_scoring.domain adapters.moodle.payloads"),
    "adapters.xapi": Place(f"{INWARD} {SHARED}", "msgspec"),
    "adapters.roster_file": Place(INWARD, "msgspec"),
    "adapters.lti": Place(f"{INWARD} {SHARED} lms_scoring.lti", "msgspec joserfc cryptography"),
    # stands apart: reached over HTTP only
    "lms_scoring.demonstration": Place("", "msgspec joserfc cryptography"),
    # the only places where the pieces meet
    "lms_scoring.bootstrap": Place(EVERYTHING, EVERYTHING),
    "lms_scoring.course_rules": Place(
        f"{INWARD} lms_scoring.services {FILES} lms_scoring.files.course_scheme"
    ),
    "lms_scoring.lti_platforms": Place(
        f"{INWARD} lms_scoring.services lms_scoring.web adapters.lti lms_scoring.files.settings "
        "lms_scoring.key_ring lms_scoring.platform_clients"
    ),
    "lms_scoring.platform_clients": Place(
        f"{INWARD} adapters.http adapters.turns adapters.xapi lms_scoring.files.settings"
    ),
    "lms_scoring.engines": Place(EVERYTHING, EVERYTHING),
    "lms_scoring.course_sources": Place(EVERYTHING, EVERYTHING),
    "lms_scoring.cli": Place(EVERYTHING, EVERYTHING),
    # data
    "config": Place(),
    # what a package says of itself
    "lms_scoring": Place(),
    "adapters": Place(),
}

SERVICES = (
    "signing paging titles window_read",
    "gradebook",
    "access collecting scoring",
    "doubting",
    "following_up",
    "unattended",
    "syncing setting_up deciding",
    "viewing",
)
"""The rooms of the services, and what lies beside them, floor by floor: each knows those on floors below it,
and none of its own floor."""

SAYING_MOODLE = {
    "adapters.moodle": "speaks to it",
    "adapters.xapi": "reads what its log store tells",
    "lms_scoring.lti.login": "a launch of it begins anew at a page of its own",
    "lms_scoring.words": "its modules in both languages, beside all other words of pages",
    "lms_scoring.demonstration": "stands in for it",
    "lms_scoring.cli.demo_launches": "speaks to that stand-in",
}
"""Who says an address or a module of a Moodle, and why; nobody else does."""
OF_A_MOODLE = re.compile(
    r"\bmod[/_][a-z]|\.php\b"
    r"|\A(?:assign|bigbluebuttonbn|glossary|h5pactivity|hvp|lesson|quiz|scorm|wiki)\Z"
)
"""Its addresses, capabilities and functions, and those of its modules whose names are no words of ours."""
OF_NO_PLATFORM = ("lms_scoring.services.", "lms_scoring.ports.")
"""The rooms that do not even name a platform."""
PLATFORM = re.compile(r"moodle|canvas|open ?edx|blackboard", re.IGNORECASE)
MODULE_OF_OUR_WORDS = re.compile(r"\A(?:blog|data|forum)\Z")
"""Modules of a Moodle whose names other rooms have for something of ours."""


def modules() -> dict[str, str]:
    """The text of every module of the product, by name."""
    found = {}
    for path in sorted(path for top in PRODUCT for path in (ROOT / top).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return found


def imports_of(name: str, text: str, known: set[str]) -> Iterator[str]:
    """The modules that a module's text imports, wherever in it; `known` are those of the product."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".")[: -node.level] if node.level else []
            source = ".".join([*parts, *([node.module] if node.module else [])])
            inner = [f"{source}.{alias.name}" for alias in node.names]
            yield from {one if one in known else source for one in inner}


def said_in(text: str) -> Iterator[str]:
    """The texts that a module's code works with, whole or in pieces; not what its docstrings explain."""
    explained, tree = set(), ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            explained.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value


def place_of(module: str) -> str | None:
    """The most particular entry of the table that a module belongs to; a top package is only itself."""
    named = [place for place in TABLE if module == place or module.startswith(f"{place}.")]
    place = max(named, key=len, default=None)
    return None if place in ("lms_scoring", "adapters") and module != place else place


def room_of(module: str, house: str) -> str | None:
    """The part of a package that a module belongs to; None: it lies elsewhere, or is the package itself."""
    inner = module.removeprefix(f"{house}.")
    return None if inner == module else inner.partition(".")[0]


def rooms_of(house: str, texts: dict[str, str]) -> dict[str, set[str]]:
    """The parts of a package, and which others each of them imports."""
    known, found = set(texts), dict[str, set[str]]()
    for module, text in texts.items():
        room = room_of(module, house)
        if room is not None:
            others = {room_of(imported, house) for imported in imports_of(module, text, known)}
            found.setdefault(room, set()).update(one for one in others if one not in (None, room))
    return found


def complaint(module: str, imported: str) -> str | None:
    """Why a module may not import another; None if it may."""
    place, top = place_of(module), imported.partition(".")[0]
    if place is None:
        return f"{module} has no place in the table"
    allowed = TABLE[place]
    if top in sys.stdlib_module_names:
        return None
    if top in PRODUCT:
        target = place_of(imported)
        if target is None:
            return f"{imported} has no place in the table"
        permitted = allowed.places == EVERYTHING or target in (place, *allowed.places.split())
    else:
        permitted = allowed.libraries == EVERYTHING or top in allowed.libraries.split()
    return None if permitted else f"{module} may not import {imported}"


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """Modules or rooms that import each other in a circle; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(module) for module in error.args[1]]
    return []


def test_every_module_has_a_place_in_the_table() -> None:
    assert [module for module in modules() if place_of(module) is None] == []


def test_every_import_is_one_that_the_table_allows() -> None:
    texts = modules()
    complaints = {
        said
        for module, text in texts.items()
        for imported in imports_of(module, text, set(texts))
        if (said := complaint(module, imported)) is not None
    }
    assert sorted(complaints) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    texts = modules()
    graph = {
        module: {one for one in imports_of(module, text, set(texts)) if one in texts}
        for module, text in texts.items()
    }
    assert cycle_in(graph) == []


@pytest.mark.parametrize("house", ["lms_scoring.domain", "lms_scoring.store", "lms_scoring.web"])
def test_no_rooms_import_each_other_in_a_circle(house: str) -> None:
    assert cycle_in(rooms_of(house, modules())) == []


def test_each_room_of_the_services_knows_only_those_below_it() -> None:
    rooms, below, lower = rooms_of("lms_scoring.services", modules()), dict[str, set[str]](), set[str]()
    for floor in map(str.split, SERVICES):
        below |= dict.fromkeys(floor, lower)
        lower = lower.union(floor)
    assert set(rooms) == lower
    assert {room: others - below[room] for room, others in rooms.items() if others - below[room]} == {}


@pytest.mark.parametrize("tests", ["unit/services", "unit/web", "integration/web"])
def test_tests_lie_in_the_room_of_what_they_test(tests: str) -> None:
    folder = ROOT / "tests" / tests
    folders = {path.parent.name for path in folder.rglob("test_*.py")} - {folder.name}
    assert folders
    assert folders - set(rooms_of(f"lms_scoring.{folder.name}", modules())) == set()


def test_files_of_tests_that_lie_in_no_package_have_names_of_their_own() -> None:
    """Of two that share one, a run that is to collect both stops."""
    files = [
        path for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()
    ]
    assert {name: n for name, n in Counter(path.name for path in files).items() if n > 1} == {}


def test_the_domain_imports_the_standard_library_only() -> None:
    texts = modules()
    outside = {
        imported
        for module, text in texts.items()
        if module.startswith("lms_scoring.domain")
        for imported in imports_of(module, text, set(texts))
        if imported.partition(".")[0] not in sys.stdlib_module_names
        and not imported.startswith("lms_scoring.domain")
    }
    assert outside == set()


def test_only_who_has_to_says_an_address_or_a_module_of_a_moodle() -> None:
    saying = {
        next((place for place in SAYING_MOODLE if module == place or module.startswith(f"{place}.")), module)
        for module, text in modules().items()
        if any(OF_A_MOODLE.search(said) for said in said_in(text))
    }
    assert saying == set(SAYING_MOODLE)


def test_services_and_ports_are_of_no_platform() -> None:
    named = {
        module: [*PLATFORM.findall(text), *filter(MODULE_OF_OUR_WORDS.search, said_in(text))]
        for module, text in modules().items()
        if module.startswith(OF_NO_PLATFORM)
    }
    assert {module: said for module, said in named.items() if said} == {}


def test_rules_and_pages_work_with_no_platforms_name() -> None:
    """What they explain may name one: it is why they are as they are."""
    named = {
        module: [said for said in said_in(text) if PLATFORM.search(said)]
        for module, text in modules().items()
        if module.startswith(("lms_scoring.domain.", "lms_scoring.web."))
    }
    assert {module: said for module, said in named.items() if said} == {}


# -- the test itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "imported", "allowed"),
    [
        ("lms_scoring.domain.plan", "fractions", True),
        ("lms_scoring.domain.plan", "lms_scoring.domain.scheme", True),
        ("lms_scoring.domain.plan", "marshmallow", False),
        ("lms_scoring.domain.plan", "lms_scoring.ports", False),
        ("lms_scoring.services.scoring.assess", "lms_scoring.store", False),
        ("lms_scoring.services.scoring.assess", "sqlalchemy", False),
        ("lms_scoring.web.scoreboard.boards", "lms_scoring.store.rows", False),
        ("lms_scoring.web.scoreboard.boards", "flask", True),
        ("lms_scoring.store.rows", "flask", False),
        ("lms_scoring.files.scheme_file", "lms_scoring.files.toml_file", True),
        ("lms_scoring.demonstration.lrs_model", "lms_scoring.domain", False),
        ("adapters.moodle.client", "adapters.http", True),
        ("adapters.moodle.client", "adapters.xapi.client", False),
        ("adapters.moodle.client", "requests", False),
        ("adapters.moodle.forums", "adapters.moodle.payloads.forums", True),
        ("adapters.moodle.payloads.forums", "lms_scoring.domain.evidence", False),
        ("adapters.moodle.evidence.forums", "adapters.moodle.payloads.forums", True),
        ("adapters.moodle.evidence.forums", "adapters.moodle.client", False),
        ("adapters.moodle.evidence.forums", "msgspec", False),
        ("lms_scoring.bootstrap", "lms_scoring.store", True),
        ("lms_scoring.cli.main", "click", True),
        ("lms_scoring.newcomer", "fractions", False),
        ("adapters.canvas.client", "fractions", False),
        ("lms_scoring.cli.main", "lms_scoring.newcomer", False),
    ],
)
def test_the_table_tells_right_from_wrong(module: str, imported: str, allowed: bool) -> None:
    assert (complaint(module, imported) is None) is allowed


def test_what_code_says_is_told_from_what_it_explains() -> None:
    text = '''
"""Explains `mod/assign/view.php`."""
KIND = "scorm"
"""Explains `quiz`."""
def page(home: str) -> str:
    """Explains `mod/quiz`."""
    return f"{home}/mod/assign/view.php?id={KIND}"  # and here
'''
    assert {*said_in(text)} == {"scorm", "/mod/assign/view.php?id="}


@pytest.mark.parametrize(
    "said", ["/mod/quiz", "x.php?id=1", "mod/assign:view", "mod_forum_get_forums", "hvp"]
)
def test_what_is_a_moodles_is_known(said: str) -> None:
    assert OF_A_MOODLE.search(said)


@pytest.mark.parametrize("said", ["assigned", "a quiz", "modern", "phpunit", "model/x", "lessons"])
def test_other_words_are_not_taken_for_a_moodles(said: str) -> None:
    assert not OF_A_MOODLE.search(said)


def test_imports_are_found_wherever_and_however_they_stand() -> None:
    text = """
import json, requests.adapters
from lms_scoring.domain import errors, score
from . import sibling
from .. import ports
def later():
    from flask import Flask
"""
    known = {"lms_scoring.domain", "lms_scoring.domain.errors", "lms_scoring.a.sibling", "lms_scoring.ports"}
    assert set(imports_of("lms_scoring.a.b", text, known)) == {
        "json",
        "requests.adapters",
        "lms_scoring.domain.errors",
        "lms_scoring.domain",
        "lms_scoring.a.sibling",
        "lms_scoring.ports",
        "flask",
    }


def test_rooms_are_told_by_their_packages() -> None:
    texts = {
        "house": "import house.kitchen",
        "house.kitchen.oven": "from house.kitchen import pans\nfrom house import cellar\nimport housework",
        "house.kitchen.pans": "from house.hall.door import key",
        "house.hall.door": "",
        "house.cellar": "",
        "housework": "",
    }
    assert rooms_of("house", texts) == {"kitchen": {"hall", "cellar"}, "hall": set(), "cellar": set()}


def test_a_circle_is_found() -> None:
    assert set(cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()})) == {"a", "b", "c"}
    assert cycle_in({"a": {"b"}, "b": {"c"}}) == []

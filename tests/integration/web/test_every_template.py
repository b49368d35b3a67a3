"""Nothing that pages are made of is looked at by nobody: what no look in a browser renders is found here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, Response, request, request_finished
from jinja2.ext import Extension

from tests.browser.looks.acts import ACTS, LAUNCHED, NO_ANSWERS, NOBODY, Act
from tests.browser.looks.table import LOOKS, NO_PAGES
from tests.integration.web.complete import CompleteSchool, fill_complete_school, open_complete_school
from tests.integration.web.program_hands import ProgramHands
from tests.integration.web.school import visitor_of

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\b.*?%\}", re.DOTALL)
INLINE = re.compile(r"""</?(?:a|b|code|em|small|span(?! class="(?:tag|wrong)")|strong|svg|use)\b[^>]*>""")
"""Markup within a line; a tag and what is wrong with a field stand apart."""
APART = re.compile(r"<(?:script|textarea)\b.*?</(?:script|textarea)>|<[^>]*>", re.DOTALL)
BUT = {
    ("board_rows.html", "band"): "a tag like others, of schemes that the complete school has not",
    ("grade.html", "why"): "a sentence beside others, of a grade that is held back",
}
"""Templates, and macros of them, that need no look, with the reason."""


class Noting(Extension):
    """Has each template say when it is rendered, and each of its macros."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        def noting(macro: str) -> str:
            return f'{{% set _ = note("{name}", "{macro}") %}}'

        return noting("") + MACRO.sub(lambda found: found[0] + noting(found[1]), source)


@dataclass(frozen=True, slots=True)
class Noted:
    """The templates that were rendered with their macros ("" for the template itself), what was asked
    (endpoints, each with its method), and the pages that came, in Chinese."""

    parts: set[tuple[str, str]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    pages: set[tuple[str, str]] = field(default_factory=set)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompleteSchool]:
    file = tmp_path_factory.mktemp("complete") / "school.sqlite"
    fill_complete_school(file)
    opened = open_complete_school(file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def noted(school: CompleteSchool) -> Noted:
    """What everything that is looked at in a browser asks for and renders."""
    found, jinja = Noted(), school.app.jinja_env
    jinja.bytecode_cache = None  # what was compiled before says nothing
    jinja.add_extension(Noting)
    jinja.globals["note"] = lambda *part: found.parts.add(part)

    def note(sender: Flask, *, response: Response, **told: object) -> None:
        endpoint = request.endpoint or ""
        found.asked.add((endpoint, request.method))
        if response.mimetype == "text/html":
            found.pages.add((endpoint, response.get_data(as_text=True)))

    with request_finished.connected_to(note, school.app):
        for look in LOOKS:
            hands_of(look.who, school).go(look.path)
        for act in ACTS:
            act.does(hands_of(act.who, school))
    return found


def hands_of(who: str, school: CompleteSchool) -> ProgramHands:
    """Whoever it is, signed in unless nobody is."""
    client = school.app.test_client()
    if who not in (NOBODY, LAUNCHED):
        client.post(school.link(visitor_of(who)))
    return ProgramHands(school, "zh", client)


def parts(school: CompleteSchool) -> set[tuple[str, str]]:
    """All templates, and all their macros."""
    found = set()
    folder = Path(school.app.root_path) / str(school.app.template_folder)
    for file in folder.glob("*.html"):
        found.add((file.name, ""))
        found |= {(file.name, name) for name in MACRO.findall(file.read_text(encoding="utf-8"))}
    return found


def test_in_chinese_no_blank_parts_a_sentence_from_the_next(noted: Noted) -> None:
    found = {(endpoint, blank) for endpoint, page in noted.pages for blank in blanks_in(page)}
    assert noted.pages
    assert sorted(found) == []


def blanks_in(page: str) -> list[str]:
    """Where a blank stands between a sentence and what follows on the same line; what begins with markup
    somebody wrote is told in their words."""
    text = APART.sub("|", INLINE.sub("", page))
    return [found[0] for found in re.finditer(r"[^|\n]{0,12}[。！？]\s+[^|\s·&][^|\n]{0,12}", text)]


def test_no_part_of_a_page_is_looked_at_by_nobody(school: CompleteSchool, noted: Noted) -> None:
    assert sorted(parts(school) - noted.parts - BUT.keys()) == [], "no look of tests/browser/looks renders it"
    assert sorted(BUT.keys() & noted.parts) == [], "it is rendered after all"


def test_no_page_and_no_answer_is_looked_at_by_nobody(school: CompleteSchool, noted: Noted) -> None:
    rules = {
        (rule.endpoint, method)
        for rule in school.app.url_map.iter_rules()
        for method in {"GET", "POST"} & (rule.methods or set())
    }
    unseen = {endpoint for endpoint, _ in rules - noted.asked}
    assert sorted(unseen - NO_PAGES.keys() - NO_ANSWERS.keys()) == [], "no look of tests/browser/looks"
    assert sorted(NO_ANSWERS.keys() - unseen) == [], "named, and looked at or not there any more"


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_an_act_leads_where_its_name_says(act: Act, school: CompleteSchool) -> None:
    somebody = hands_of(act.who, school)
    act.does(somebody)
    assert somebody.status == act.status, re.findall(r"<h1>(.*?)</h1>", somebody.text)

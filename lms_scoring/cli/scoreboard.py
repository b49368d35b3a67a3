"""The scoreboard as a table in the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from lms_scoring.cli.output import table_text, write_ndjson
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.figures import points_text, rounded
from lms_scoring.domain.instants import iso
from lms_scoring.domain.scorecard import CriterionState
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.xlsx_file import xlsx_file
from lms_scoring.ports import CardRow
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.spelling import class_order
from lms_scoring.words import word

_WORDS = {
    "zh": {
        "class": "班级",
        "person": "编号",
        "name": "姓名",
        "total": "总分",
        "state": "状态",
        "learner": "学员",
        "tutor": "辅导教师",
        "pass": "✓ 合格",
        "pass_provisionally": "✓? 暂定合格",
        "in_progress": "… 进行中",
        "pending": "? 待批改",
        "fail": "✗ 不合格",
        "fail_provisionally": "✗? 暂定不合格",
        "to_be_read": "? 待同步",
        "withdrawn": "（已退出）",
        "nobody": "还没有成绩：请先同步。",
        "unnamed": "（姓名未知）",
        "none": "（无班级）",
        "at_least": "≥ 至少：有记录无法读取，不按 0 计；详见 lms-scoring explain。",
    },
    "en": {
        "class": "Class",
        "person": "Id",
        "name": "Name",
        "total": "Total",
        "state": "State",
        "learner": "learners",
        "tutor": "tutors",
        "pass": "✓ pass",
        "pass_provisionally": "✓? pass, provisionally",
        "in_progress": "… in progress",
        "pending": "? pending",
        "fail": "✗ fail",
        "fail_provisionally": "✗? fail, provisionally",
        "to_be_read": "? still to be read",
        "withdrawn": " (withdrawn)",
        "nobody": "No scores yet: sync first.",
        "unnamed": "(name unknown)",
        "none": "(no class)",
        "at_least": "≥ at least: records could not be read and are not taken for 0; see lms-scoring explain.",
    },
}

_AT_LEAST = "≥ "
_FILES = {"csv": csv_file, "xlsx": xlsx_file}


def write_board(rows: Sequence[CardRow], stream: BinaryIO, *, format_: str) -> None:
    """The board for programs (`json`) and spreadsheets (`csv`, `xlsx`), those with names and statuses."""
    if format_ == "json":
        write_ndjson([row.card for row in rows], stream)
        return
    lines = [CardLine(card=row.card, name=row.name, status=row.status, told=row.told) for row in rows]
    stream.write(_FILES[format_](lines))


def board_text(rules: CourseRules, rows: Sequence[CardRow], *, language: str) -> str:
    """One table a class and role, learners first; who is in no class comes last."""
    words = _WORDS[language]
    if not rows:
        return words["nobody"] + "\n"
    groups: dict[tuple[Role, str | None], list[CardRow]] = {}
    for row in rows:
        groups.setdefault((row.card.role, row.card.class_), []).append(row)
    return _closed(rules, rows, language) + "\n".join(
        _table(rules, role, f"{class_ or words['none']} · {words[role.value]}", members, language)
        for (role, class_), members in sorted(groups.items(), key=_in_order)
    )


def _in_order(group: tuple[tuple[Role, str | None], object]) -> tuple[Role, tuple[bytes, str]]:
    (role, class_), _ = group
    return role, class_order(class_)


def _closed(rules: CourseRules, rows: Sequence[CardRow], language: str) -> str:
    """What is shown stays, where the programme is closed."""
    found = [row.card.closed_at for row in rows if row.card.closed_at is not None]
    return f"{word('closed', language)} {iso(max(found), rules.zone)}\n\n" if found else ""


def _table(rules: CourseRules, role: Role, title: str, rows: Sequence[CardRow], language: str) -> str:
    words = _WORDS[language]
    names = [criterion.name.in_(language) for criterion in rules.scheme.roles[role].criteria]
    columns = [words["person"], words["name"], *names, words["total"], words["state"]]
    cells = (list(_cells(row, words, language)) for row in sorted(rows, key=_by_number))
    table = table_text(columns, cells, title=title, numbers=[*names, words["total"]])
    unread = any(row.card.is_at_least for row in rows)
    return f"{table}  {words['at_least']}\n" if unread else table


def _by_number(row: CardRow) -> list[tuple[int, str]]:
    """moodle-9 before moodle-10."""
    parts = re.split(r"(\d+)", row.card.person)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _cells(row: CardRow, words: dict[str, str], language: str) -> Iterator[str]:
    card = row.card
    yield card.person
    yield (row.name or words["unnamed"]) + (
        words["withdrawn"] if row.status is MembershipStatus.WITHDRAWN else ""
    )
    for result in card.criteria:
        points = rounded(result.points) + (" ?" if result.state is CriterionState.PENDING else "")
        yield _AT_LEAST + points if result.is_at_least else points
    total = points_text(card.total, pass_mark=card.pass_mark, language=language)
    yield _AT_LEAST + total if card.is_at_least else total
    yield words[row.told.value]

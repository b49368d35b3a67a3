"""What commands say about a decision: the cards before and after, how to undo it, and the list of all."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from lms_scoring.cli.output import table_text
from lms_scoring.domain.evidence import Action, Recommendation, RecordTarget
from lms_scoring.domain.figures import plain, points_text, rounded
from lms_scoring.domain.instants import moment_of
from lms_scoring.domain.scorecard import CriterionResult, Scorecard
from lms_scoring.services.deciding.decide import named
from lms_scoring.services.deciding.enter import Entry, Made, Shift
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.words import at_least, word

_WORDS = {
    "zh": {
        "total": "总分",
        "unchanged": "分数不变",
        "no_cards": "没有成绩因此变化",
        "keep": "确认保存？",
        "kept": "已保存",
        "so_already": "已经如此，无需再定",
        "undo": "撤销",
        "when": "时间",
        "person": "对象",
        "what": "内容",
        "by": "决定人",
        "why": "理由",
        "holds": "有效",
        "yes": "是",
        "no": "否",
        "void": "作废",
        "restore": "恢复",
        "exempt": "免考",
        "override": "评定",
        "recommend": "推优",
        "none": "没有任何人工决定或推优。",
    },
    "en": {
        "total": "Total",
        "unchanged": "the points stay the same",
        "no_cards": "no score changes",
        "keep": "Keep it?",
        "kept": "kept",
        "so_already": "it is so already; nothing was changed",
        "undo": "to undo",
        "when": "When",
        "person": "About",
        "what": "What",
        "by": "By",
        "why": "Why",
        "holds": "Holds",
        "yes": "yes",
        "no": "no",
        "void": "void",
        "restore": "restore",
        "exempt": "exempt",
        "override": "override",
        "recommend": "recommend",
        "none": "Nothing was decided or recommended.",
    },
}


def words(language: str) -> Mapping[str, str]:
    """What these commands say, by what it is about."""
    return _WORDS[language]


def so_already(language: str) -> str:
    """For a wish that changes nothing."""
    return words(language)["so_already"]


def effect_text(
    shifts: Sequence[Shift], rules: CourseRules, *, names: Mapping[str, str], language: str
) -> str:
    """Every card that is concerned: total, state and criteria, before and after."""
    lines = [line for shift in shifts for line in _shift(shift, rules, names, language)]
    return "\n".join(lines or [words(language)["no_cards"]])


def kept_text(course: str, entry: Entry, *, language: str) -> str:
    """That it was kept, by which id it is known, and which command undoes it."""
    said = words(language)
    return "\n".join(
        [f"{said['kept']}: {entry.id}", *(f"{said['undo']}: {how}" for how in _undo(course, entry))]
    )


def made_table(found: Sequence[Made], rules: CourseRules, *, names: Mapping[str, str], language: str) -> str:
    """When, about whom, what, by whom and why; in the programme's zone."""
    said = words(language)
    if not found:
        return said["none"] + "\n"
    columns = [said[name] for name in ("when", "person", "what", "by", "why", "holds")]
    return table_text(columns, (list(_cells(one, rules, names, said)) for one in found))


def _shift(shift: Shift, rules: CourseRules, names: Mapping[str, str], language: str) -> Iterator[str]:
    before, after = shift.before, shift.after
    who = f"{_named(after.person, names)} · {word(after.role, language)}"
    yield f"{who} · {after.class_ or word('no_class', language)}"
    totals = [
        _at_least(points_text(card.total, pass_mark=card.pass_mark, language=language), card, language)
        for card in (before, after)
    ]
    states = " -> ".join(dict.fromkeys(word(told, language) for told in (shift.was, shift.will_be)))
    yield f"  {words(language)['total']}: {' -> '.join(totals)} / {plain(after.out_of)} · {states}"
    if not shift.is_seen:
        yield f"  {words(language)['unchanged']}"
    criteria = {criterion.id: criterion for criterion in rules.scheme.roles[after.role].criteria}
    for old, new in zip(before.criteria, after.criteria, strict=True):
        if (old.points, old.state) != (new.points, new.state):
            name = criteria[new.id].name.in_(language)
            points = " -> ".join(_at_least(rounded(one.points), one, language) for one in (old, new))
            points += f" / {plain(new.max)}"
            state = " -> ".join(dict.fromkeys(word(one.state, language) for one in (old, new)))
            yield f"  {name}: {points} · {state}"


def _at_least(number: str, of: Scorecard | CriterionResult, language: str) -> str:
    """The number, marked where it is only what could be read."""
    return at_least(number, language) if of.is_at_least else number


def _cells(one: Made, rules: CourseRules, names: Mapping[str, str], said: Mapping[str, str]) -> Iterator[str]:
    entry = one.entry
    yield f"{moment_of(entry.at, rules.zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(entry, Recommendation):
        yield from (_named(entry.by, names), f"{said['recommend']} {entry.submission}")
        yield from (_named(entry.by, names), "")
    else:
        points = "" if entry.points is None else f" {plain(entry.points)}"
        yield from (_named(entry.person, names), f"{said[entry.action]} {named(entry.target)}{points}")
        yield from (_named(entry.by, names), entry.reason)
    yield said["yes" if one.in_force else "no"]


def _named(person: str, names: Mapping[str, str]) -> str:
    name = names.get(person)
    return f"{name} ({person})" if name else person


def _undo(course: str, entry: Entry) -> Iterator[str]:
    """What undoing a criterion's restoring is depends on what had been decided before."""
    if isinstance(entry, Recommendation):
        command = ["lms-scoring", "recommend", course, entry.by, entry.submission, "--take-back"]
        yield f"{shlex.join(command)} --reason TEXT"
        return
    if entry.action is not Action.RESTORE:
        action = Action.RESTORE
    elif isinstance(entry.target, RecordTarget):
        action = Action.VOID
    else:
        return
    command = ["lms-scoring", "decide", course, entry.person, action, *named(entry.target).split(" ", 1)]
    yield f"{shlex.join(command)} --reason TEXT --by WHO"

"""Every sentence of the pages exists in both languages, is used, and has its places filled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

from lms_scoring.domain.doubts import Family, GroundKind
from lms_scoring.domain.evidence import KINDS, Action, DueBasis, MembershipStatus, Purpose, Record, Role
from lms_scoring.domain.failure import Instead, Remedy
from lms_scoring.domain.gradebook import Unsent
from lms_scoring.domain.hints import HintKind
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook import DeedKind, Stand, Standing, ToldState, Why
from lms_scoring.domain.proceedings.case import CaseState
from lms_scoring.domain.proceedings.dispute import DisputeState
from lms_scoring.domain.proceedings.step import LONGEST_WORDS, Refusal
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.domain.registration import Approval
from lms_scoring.domain.scorecard import CardState, CriterionState, Finding, Reason, Verdict
from lms_scoring.domain.scoring import scorecards
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import GradeStepKind, Hold, Passback, ProblemKind, RunState, SendState
from lms_scoring.services.access.registrable import Wrong
from lms_scoring.services.access.roles import ROLES
from lms_scoring.services.collecting.collect import SYNC_FAILED
from lms_scoring.services.collecting.vanishing import MASS_DISAPPEARANCE
from lms_scoring.services.following_up.troubles import OWN_WORK
from lms_scoring.services.setting_up.source_states import SourceProgress
from lms_scoring.services.syncing.losses_desk import HELD
from lms_scoring.services.syncing.next_sync import Coming
from lms_scoring.services.unattended.work_state import Backlog
from lms_scoring.services.window_read import Short
from lms_scoring.store.evidence.counts import EVENTS, STATEMENTS
from lms_scoring.web.access.registrations import FIELDS
from lms_scoring.web.card.status_page import Cause
from lms_scoring.web.coordinating import account_page
from lms_scoring.web.coordinating.scheme_page import DEEDS
from lms_scoring.web.errors import PAGES
from lms_scoring.web.launch import registering
from lms_scoring.web.launch.refusals import BROKEN, WORDS
from lms_scoring.web.scoreboard.column_words import COLUMNS
from lms_scoring.web.setting_up import course_settings, set_up_page
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import LANGUAGES, Sentence, read_wording
from lms_scoring.words import why_unread, why_unsent, word
from tests import given

WORDING = read_wording()
_MET_BY = ("lost", "unknown", "_unknown_of", "notice", "_notice", "_loss", "Problem", "UnusableStatement")
"""What makes a finding of a sync; its code is the first text that looks like one."""


def codes_of_findings() -> set[str]:
    """The codes of all that a sync of our own adapters can meet, read from the calls that make them."""
    codes = {
        SYNC_FAILED,
        MASS_DISAPPEARANCE,
        *(f"due_of_{basis}" for basis in DueBasis if basis is not DueBasis.OWN),
    }
    for package in ("adapters", "lms_scoring.services", "lms_scoring.store"):
        for file in Path(str(files(package))).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and _name_of(call.func) in _MET_BY:
                    codes.update(_code_in(call))
    return codes


def _name_of(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _code_in(call: ast.Call) -> list[str]:
    named = [each.value for each in call.keywords if each.arg in ("code", "why")]
    why = [one for one in (*call.args, *named) if ast.unparse(one).startswith("Unread.")]
    if why:
        return [Unread[_name_of(why[0])].value]
    texts = [one.value for one in (*call.args, *named) if isinstance(one, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and re.fullmatch("[a-z_]+", text)][:1]


DECIDED = ("void", "restore", "override_criterion", "exempt_criterion", "restore_criterion")
OF_CASES = (Refusal.COUNTS,)
OF_DISPUTES = (Refusal.ALREADY, Refusal.NOT_DECIDED, Refusal.TOO_MANY, Refusal.WITHDRAWN_TWICE)
REFUSED = [why for why in Refusal if why not in OF_DISPUTES]
"""What can be said of a case."""
STANDS = ("state", "means", "overruled", "overruled_means")
FAMILIES: dict[str, Iterable[str]] = {
    "status.next_sync_": Coming,
    "status.read_": (*Coming, "counting"),
    "sync.next_": Coming,
    "sync.short_": Short,
    "operations.": (
        *(f"kind_{kind}" for kind in Backlog),
        *("jobs_here", "jobs_elsewhere", "jobs_nowhere"),
    ),
    "work.": [one.name for one in OWN_WORK],
    "run.": RunState,
    "reading.": SourceProgress,
    "quarantine.state_": QuarantineState,
    "loss.state_": HELD,
    "remedy.": Remedy,
    "instead.": Instead,
    "closing.problem_": ProblemKind,
    "problem.": ProblemKind,
    "problem_text.": ProblemKind,
    "finding.": codes_of_findings(),
    "purpose.": Purpose,
    "roles.": Role,
    "case.": (
        *(f"{word}_{state}" for state in CaseState for word in STANDS),
        *(f"family_{family}" for family in Family),
        *(f"ground_{ground}" for ground in GroundKind),
        *("step_opened", "step_changed", "step_vanished", "step_returned"),
        *("step_decided", "step_objected", "step_settled", "outcome_dismissed", "outcome_voided"),
        *(f"refused_{why}" for why in REFUSED),
        *("act_decide", "act_object", "act_settle"),
    ),
    "dispute.": (
        *(f"{word}_{state}" for state in DisputeState for word in ("state", "means")),
        *(f"refused_{why}" for why in Refusal if why not in OF_CASES),
        *(f"decision_{action}" for action in Action),
        *("step_raised", "step_answered", "step_asked_again", "step_answered_again", "step_withdrawn"),
        *("until_raised", "until_answered", "until_asked_again", "outcome_kept", "outcome_changed"),
        *(f"{what}{whom}" for what in ("raise_text", "means_raised") for whom in ("", "_coordinators")),
    ),
    "board.title_": Role,
    "status.cause_": Cause,
    "sync.": ("new", "changed", "same", "gone", "refused"),
    "grade.state_": [*SendState, "unknown", "held"],
    "grade.text_": [*SendState, "unknown", "overridden_gone", "held"],
    "grade.why_": Hold,
    "grade.step_": [*GradeStepKind, "found_gone"],
    "grade.passback_": Passback,
    "settings.passback_": course_settings.PASSBACKS,
    "time.age_": ("years", "months", "days", "hours", "short"),
    "desk.page_": ("overview", "marking", "recommending", "bulletins"),
    "desk.go_": ("marking", "recommending", "bulletins"),
    "bulletin.standing_": [
        *(one for one in Standing if one is not Standing.PASSED),
        ToldState.TO_BE_READ,
    ],
    "decide.do_": DECIDED,
    "decide.did_": DECIDED,
    "obstacle.": Obstacle,
    "registrations.wrong_": Wrong,
    "set_up.wrong_": set_up_page.Wrong,
    "registrations.field_": FIELDS,
    "registrations.hint_": FIELDS,
    "registrations.standing_": Approval,
    "registrations.ours_": ("launch", "login", "jwks"),
    "mark.": [*ToldState, *Verdict],
    "pdf.": ("made_by", "checked_by", "signed_on"),
    "sheet.": COLUMNS,
    "act.": ("adopted", "closed", "reopened", "joined", "parted"),
    "identity.": (
        *(f"kind_{kind}" for kind in account_page.AccountKind),
        *(f"hint_{kind}" for kind in HintKind),
    ),
    "role.name_": ROLES,
    "scheme.deed_": {name for names in DEEDS.values() for name in names},
    "status.": (
        *(f"{state}{unread}" for state in ToldState for unread in ("", "_at_least")),
        *(f"why_{what}" for what in ("cases", "records", "disputes")),
        "unreachable",
        *(f"step_{kind}" for kind in DeedKind),
        *("step_homework_again", "step_journal_again"),
        *(f"do_{kind}" for kind in DeedKind),
        *(f"by_dates_{basis}" for basis in DueBasis if basis is not DueBasis.OWN),
        *(f"why_{why}" for why in Why),
        *("part_could_become", "part_could_become_at_least", "history_same", "history_first"),
        *("time", "activity", "verdict", "amount", "points", "history_when", "history_why"),
    ),
    "figure.": (
        *("minutes", "minutes_asked", "count", "count_asked", "count_advised"),
        *("percent", "percent_advised"),
    ),
}
"""Keys that pages put together: the beginning, and what may follow it."""


def templates() -> Iterator[str]:
    for file in files("lms_scoring.web").joinpath("templates").iterdir():
        yield file.read_text(encoding="utf-8")


def modules() -> Iterator[str]:
    for file in Path(str(files("lms_scoring.web"))).rglob("*.py"):
        yield file.read_text(encoding="utf-8")


def keys_said() -> Iterator[str]:
    """The keys that are said as they stand."""
    for template in templates():
        for call in Environment(autoescape=True).parse(template).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say":
                yield from (c.value for c in _constants(call.args[0]) if "." in c.value)
    for module in modules():
        yield from re.findall(r'\.say\(\s*"([a-z0-9_.]+)"', module)
        yield from re.findall(r'Place\(words="([a-z_.]+)"', module)
        for words in re.findall(r'_failed\("([a-z_]+)"', module):
            yield from (f"{words}.title", f"{words}.text")


def _constants(node: nodes.Expr) -> Iterator[nodes.Const]:
    """The constants that can be the whole key: no part of one that is put together."""
    match node:
        case nodes.Const(value=str()):
            yield node
        case nodes.CondExpr(expr1=one, expr2=nodes.Expr() as other):
            yield from (*_constants(one), *_constants(other))
        case _:
            return


def keys_put_together() -> Iterator[str]:
    for beginning, ends in FAMILIES.items():
        yield from (f"{beginning}{end}" for end in ends)
    for status in (*PAGES, "launch", "mend", "busy", "own_turn"):
        yield from (f"error_{status}.title", f"error_{status}.text")
    for words in {*WORDS.values(), BROKEN, *registering.WORDS.values(), registering.REFUSED}:
        yield from (f"{words}.title", f"{words}.text")


def places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def test_every_key_that_is_said_has_its_sentence() -> None:
    assert {*keys_said(), *keys_put_together()} - set(WORDING.sentences) == set()


def test_no_sentence_is_said_nowhere() -> None:
    assert set(WORDING.sentences) - {*keys_said(), *keys_put_together()} == set()


def test_both_languages_speak_of_the_same_things() -> None:
    assert len(WORDING.sentences) > 1_000
    for key, sentence in WORDING.sentences.items():
        assert sentence.zh.strip(), key
        assert sentence.en.strip(), key
        assert places(sentence.zh) == places(sentence.en), key
        if sentence.one is not None:
            assert places(sentence.en) - places(sentence.one) <= {"n"}, key


def test_the_longest_reason_is_told_as_it_is() -> None:
    sentence = WORDING.sentences["obstacle.too_long"]
    assert re.findall(r"\d+", sentence.zh) == [str(LONGEST_WORDS)]
    assert re.findall(r"[\d,]+\d", sentence.en) == [f"{LONGEST_WORDS:,}"]


def test_no_chinese_is_left_in_the_english() -> None:
    han = re.compile(r"[\u4e00-\u9fff，。：；（）]")
    left = {key for key, sentence in WORDING.sentences.items() if han.search(sentence.en)}
    assert left == {"site.other_language"}


def test_a_count_of_one_has_its_own_english() -> None:
    assert WORDING.say("status.day_pieces", "en", n=1) == "1 record"
    assert WORDING.say("status.day_pieces", "en", n=2) == "2 records"
    assert WORDING.say("status.day_pieces", "zh", n=1) == "1 条"


def test_a_sentence_without_a_singular_is_the_same_for_one() -> None:
    assert Sentence(zh="一", en="{n} of them").in_("en", 1) == "{n} of them"


def domain_words() -> set[str]:
    """Everything of the domain that a card or a report can name."""
    enums = (
        CardState,
        ToldState,
        CriterionState,
        Stand,
        Standing,
        Verdict,
        Reason,
        MembershipStatus,
        Role,
    )
    words = {member.value for enum in enums for member in enum}
    return {*words, *KINDS, EVENTS, STATEMENTS, *figures(), "name_unknown", "no_class"}


def figures() -> set[str]:
    """The names of all figures that the shipped schemes' cards have."""
    records: list[Record] = [
        given.membership(),
        given.tutor(),
        given.homework(),
        given.journal(),
        given.watch(),
    ]
    cards = [
        card
        for name in ("longcheng-2024", "prefecture-three-bands")
        for card in scorecards(given.shipped(name).scheme, records, as_of=given.AFTER)
    ]
    return {figure.name for card in cards for result in card.criteria for figure in result.figures}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_card_can_name_has_a_name(language: str) -> None:
    assert len(figures()) >= 9
    for key in domain_words():
        assert word(key, language).strip(), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", Unread)
def test_why_something_could_not_be_read_is_said_in_both_languages(why: Unread, language: str) -> None:
    said = why_unread(why, language)
    assert said != why
    assert (re.search("[\u4e00-\u9fff]", said) is not None) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", Unsent)
def test_why_a_grade_did_not_get_in_is_said_in_both_languages(why: Unsent, language: str) -> None:
    said = why_unsent(why, language)
    assert said != why
    assert (re.search("[\u4e00-\u9fff]", said) is not None) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words", ["Moodle gives no hand-ins of people who left the course", "deleted", "平台升级时丢失"]
)
def test_words_that_somebody_gave_or_an_older_version_stored_stand_as_they_are(
    words: str, language: str
) -> None:
    assert why_unread(words, language) == why_unsent(words, language) == words


def test_what_a_person_decided_for_is_never_taken_for_a_code() -> None:
    one = Finding(
        kind="decision",
        id="here/d-1",
        verdict=Verdict.COUNTED,
        reason=Reason.OVERRIDDEN,
        note=Unread.PERSON_DELETED,
    )
    assert Voice(WORDING, "zh").note(one) == "说明：person_deleted"


def test_what_has_no_name_stands_for_itself() -> None:
    assert Voice(WORDING, "zh").word("minutes_on_the_moon") == "minutes_on_the_moon"

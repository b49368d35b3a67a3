"""Setting a course up: an administrator of its platform claims it once, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.errors import NotAllowed, SetUpAlready, StoreError, UnknownCourse, UnknownScheme
from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.ports import (
    Activity,
    Bell,
    CardRow,
    Grant,
    KeptCourse,
    KeptScheme,
    Transaction,
    Visitor,
)
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.new_course import Choice, GoesOn
from lms_scoring.services.setting_up.set_up import SetUp
from lms_scoring.services.setting_up.source_states import SourceProgress
from lms_scoring.services.setting_up.suggest import suggested
from lms_scoring.services.unattended.first_sources import course_id
from lms_scoring.services.viewing.consult import Consultant
from tests import given
from tests.contract.story import REGISTRATION
from tests.fakes.memory_store import MemoryStore, MemoryTransaction
from tests.fixtures.courses.claimed import (
    CHOSEN,
    NEW,
    Supplying,
    offer,
    place,
    unreachable,
    visitor,
    with_activities,
)
from tests.fixtures.courses.scripted import COURSE as SOURCE_COURSE
from tests.fixtures.courses.scripted import (
    LI,
    LRS,
    MOODLE,
    StandingClock,
    adopt_course,
    told,
)
from tests.fixtures.courses.syncing import sync

CLOCK = StandingClock()
SESSION = GoesOn(digest="digest", lasts=1_000, idle=100)
CHOICE = Choice(scheme=offer(), title="新课程")


@pytest.fixture
def store() -> MemoryStore:
    """Somebody was launched from a course that is none of ours."""
    store = MemoryStore()
    with store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, platform=MOODLE), at=1)
        transaction.keep_registration(replace(REGISTRATION, client_id="elsewhere", platform=None), at=1)
        for registration in (1, 2):
            transaction.keep_platform_course(place(registration=registration))
    return store


@pytest.fixture
def supplying() -> Supplying:
    return Supplying()


@pytest.fixture
def set_up(store: MemoryStore, supplying: Supplying) -> SetUp:
    return supplying.set_up(store, CLOCK)


@pytest.fixture
def read(set_up: SetUp) -> SetUp:
    """Everything was read."""
    set_up.read(visitor(), CHOICE)
    return set_up


def states(set_up: SetUp, choice: Choice = CHOICE) -> list[SourceProgress]:
    """How far each source is."""
    return [one.state for one in set_up.listed(visitor(), choice).sources]


def adopted(set_up: SetUp, who: Visitor | None = None) -> Visitor:
    return set_up.adopt(visitor() if who is None else who, CHOICE, CHOSEN, session=SESSION)


class FullDisk(MemoryTransaction):
    """Breaks at the last thing that adopting keeps."""

    def keep_session(self, *_: Any, **__: Any) -> None:
        raise StoreError("the disk is full")


@dataclass
class Breaking:
    """A store in which no session can be kept any more."""

    store: MemoryStore
    bell: Bell | None = None

    def reading(self) -> AbstractContextManager[Transaction]:
        return self.store.reading()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self.store.writing() as transaction:
            assert isinstance(transaction, MemoryTransaction)
            yield FullDisk(transaction.state)


def board(store: MemoryStore) -> Sequence[CardRow]:
    with store.reading() as transaction:
        return transaction.board(NEW)


def nothing_is_set_up(store: MemoryStore) -> bool:
    with store.reading() as transaction:
        found = transaction.platform_course(1, "42")
        grants = transaction.grants("moodle-2")
        session = transaction.session("digest", at=CLOCK.now())
        return not transaction.courses() and not grants and session is None and found == place()


@pytest.mark.parametrize(
    "who",
    [
        visitor(administrator=False),
        Visitor(person="moodle-2"),
        replace(visitor(), person=None),
        visitor(context="43"),
        visitor(context=""),
    ],
    ids=["staff", "not launched", "test user", "a course nobody came from", "no course"],
)
def test_whoever_is_no_administrator_of_the_platform_can_do_nothing(
    store: MemoryStore, read: SetUp, who: Visitor
) -> None:
    steps: list[Callable[[], object]] = [
        lambda: read.offered(who),
        lambda: read.read(who, CHOICE),
        lambda: read.listed(who, CHOICE),
        lambda: read.preview(who, CHOICE, CHOSEN),
        lambda: adopted(read, who),
    ]
    for step in steps:
        with pytest.raises(NotAllowed):
            step()
    assert nothing_is_set_up(store)


def test_an_administrator_chooses_from_the_schemes_and_record_stores_there_are(set_up: SetUp) -> None:
    offered = set_up.offered(visitor())
    assert [one.name for one in offered.schemes] == ["longcheng-2024", "prefecture-three-bands"]
    assert (offered.record_stores, offered.platform) == ([LRS], MOODLE)
    assert (offered.proposal.title, offered.proposal.scheme, offered.proposal.like) == (
        "研修课程",
        None,
        None,
    )


def test_the_only_scheme_is_proposed(store: MemoryStore) -> None:
    set_up = Supplying(schemes=[offer()]).set_up(store, CLOCK)
    proposal = set_up.offered(visitor()).proposal
    assert proposal.scheme is not None
    assert proposal.scheme.name == "longcheng-2024"


def test_the_sources_are_those_of_the_settings_with_the_words_of_either_language(
    read: SetUp, supplying: Supplying
) -> None:
    (source,) = supplying.made
    assert (source.name, source.kind, source.course) == (MOODLE, "moodle", "42")
    assert {word: grade.value for word, grade in source.grades.items()} == {
        "优秀": "excellent",
        "良好": "good",
        "合格": "pass",
        "不合格": "fail",
        **{grade: grade for grade in ("excellent", "good", "pass", "fail")},
    }


def test_a_platform_without_a_moodle_of_the_settings_is_read_from_its_record_store_alone(
    store: MemoryStore, set_up: SetUp, supplying: Supplying
) -> None:
    who = visitor(registration=2)
    assert set_up.offered(who).platform is None
    set_up.read(who, replace(CHOICE, record_store=LRS))
    assert (supplying.moodle.asked, len(supplying.lrs.asked)) == ([], 1)
    listed = set_up.listed(who, replace(CHOICE, record_store=LRS))
    assert (listed.is_read, [one.source for one in listed.sources]) == (True, [LRS])


def test_every_activity_is_listed_with_what_it_probably_counts_as(read: SetUp) -> None:
    listed = read.listed(visitor(), CHOICE)
    assert listed.proposed == CHOSEN
    assert {line.name: (line.kind, line.count) for line in listed.lines} == {
        "课程作业": ("assign", 1),
        "教学设计": ("assign", 0),
        "研讨交流": ("forum", 12),
        "公告": ("forum", 0),
        "学习材料": ("page", 0),
    }


def test_nothing_is_decided_about_what_was_not_read(store: MemoryStore) -> None:
    set_up = Supplying(lrs=unreachable(LRS)).set_up(store, CLOCK)
    choice = replace(CHOICE, record_store=LRS)
    assert states(set_up, choice) == [SourceProgress.UNREAD, SourceProgress.UNREAD]
    set_up.read(visitor(), choice)
    listed = set_up.listed(visitor(), choice)
    assert (listed.is_read, listed.is_under_way, listed.lines) == (False, False, ())
    assert states(set_up, choice) == [SourceProgress.DONE, SourceProgress.FAILED]
    assert set_up.listed(visitor(), CHOICE).is_read


def test_a_preview_is_the_cards_that_adopting_keeps_and_stores_nothing(
    store: MemoryStore, read: SetUp
) -> None:
    preview = read.preview(visitor(), CHOICE, CHOSEN)
    assert nothing_is_set_up(store)
    adopted(read)
    kept = {(row.card.person, row.card.role): row.card for row in board(store)}
    first = {(one.card.person, one.card.role): one.card for one in preview.cards}
    assert {key: card.total for key, card in first.items()} == {key: card.total for key, card in kept.items()}
    assert first[LI, Role.LEARNER].total == 10 + 12
    assert {one.criterion.id for one in preview.without} == {"study_time", "journal"}


def test_a_launch_that_sets_a_course_up_goes_on_no_longer_for_that(store: MemoryStore, read: SetUp) -> None:
    ends_at = CLOCK.now() + 50
    read.adopt(visitor(ends_at=ends_at), CHOICE, CHOSEN, session=SESSION)
    with store.reading() as transaction:
        assert transaction.session("digest", at=ends_at - 1) is not None
        assert transaction.session("digest", at=ends_at) is None


def test_whoever_adopts_is_coordinator_of_that_course_and_the_session_goes_on_there(
    store: MemoryStore, read: SetUp
) -> None:
    there = adopted(read)
    with store.reading() as transaction:
        found, kept = transaction.platform_course(1, "42"), transaction.course(NEW)
        session = transaction.session("digest", at=CLOCK.now())
        scheme = transaction.scheme(kept.scheme)
        assert transaction.grants("moodle-2") == [Grant(person="moodle-2", role="coordinator", course=NEW)]
    assert found == place(course=NEW)
    assert session is not None
    assert session.visitor == there
    assert there.launched is not None
    assert there.launched.course == NEW
    assert (kept.title, scheme.text) == ("新课程", offer().text)
    file = parse_course(kept.settings, name=NEW, folder=Path())
    assert file.scheme == "longcheng-2024"
    rules = rules_of(file)
    assert {row.card.person for row in Consultant(store, rules).board(there).rows} == {"li", "zhao", "chen"}


def rules_of(file: CourseFile) -> CourseRules:
    named = frozenset(source.name for source in file.sources)
    return CourseRules(course=NEW, scheme=offer().scheme, bindings=file.bindings, sources=named)


def test_a_course_that_was_set_up_is_synced_like_any_other(
    store: MemoryStore, read: SetUp, supplying: Supplying
) -> None:
    adopted(read)
    with store.reading() as transaction:
        file = parse_course(transaction.course(NEW).settings, name=NEW, folder=Path())
    rules = rules_of(file)
    supplying.moodle.batches = [told(replace(given.topic("later"), person=LI))]
    sources = [supplying.moodle]
    done = sync(rules, sources, store, clock=CLOCK, watching=lambda *_: nullcontext(lambda _: None))
    assert (len(done.collected), done.assessed.changed, done.lost_something) == (1, 1, False)
    (row,) = [row for row in board(store) if row.card.person == LI]
    assert row.card.total == 10 + 13


def test_of_two_who_claim_one_is_told_that_the_other_was_faster(store: MemoryStore, read: SetUp) -> None:
    second = replace(visitor(subject="3"), person="moodle-3")
    adopted(read)
    steps: list[Callable[[], object]] = [
        lambda: read.offered(second),
        lambda: read.read(second, CHOICE),
        lambda: read.preview(second, CHOICE, CHOSEN),
        lambda: read.adopt(second, CHOICE, {}, session=replace(SESSION, digest="other")),
    ]
    for step in steps:
        with pytest.raises(SetUpAlready):
            step()
    with store.reading() as transaction:
        assert transaction.grants("moodle-3") == []
        assert transaction.session("other", at=CLOCK.now()) is None


def test_a_course_of_another_origin_under_the_same_id_is_left_alone(store: MemoryStore, read: SetUp) -> None:
    with store.writing() as transaction:
        scheme = offer().scheme.fingerprint
        transaction.keep_scheme(KeptScheme(fingerprint=scheme, name="", text=""))
        transaction.keep_course(KeptCourse(id=NEW, title="ours", scheme=scheme, settings=""))
    with pytest.raises(SetUpAlready):
        adopted(read)
    with store.reading() as transaction:
        assert transaction.course(NEW).title == "ours"


def test_an_adoption_that_breaks_off_leaves_nothing(store: MemoryStore, supplying: Supplying) -> None:
    supplying.set_up(store, CLOCK).read(visitor(), CHOICE)
    with pytest.raises(StoreError):
        adopted(supplying.set_up(Breaking(store), CLOCK, at_once=False))
    assert nothing_is_set_up(store)
    with store.reading() as transaction, pytest.raises(UnknownCourse):
        transaction.course(NEW)


# -- copies ---------------------------------------------------------------------------------------------


@pytest.fixture
def copied(store: MemoryStore) -> MemoryStore:
    """The course was copied from one of ours, with a course in between that nobody set up."""
    adopt_course(store)
    with store.writing() as transaction:
        transaction.keep_platform_course(place(context="7", course=SOURCE_COURSE))
        transaction.keep_platform_course(place(history=("13", "7", "5")))
        transaction.keep_grant(Grant(person="moodle-8", role="coordinator", course=SOURCE_COURSE))
        former = [
            Activity(id="former 1", name="期末任务", kind="assign"),
            Activity(id="former 2", name="研讨交流", kind="forum"),
        ]
        transaction.keep_activities(SOURCE_COURSE, MOODLE, former)
    return store


def test_a_copy_proposes_the_settings_of_its_source(copied: MemoryStore) -> None:
    supplying = Supplying(
        moodle=with_activities(
            Activity(id="1", name="期末任务", kind="assign"),
            Activity(id="2", name="研讨交流", kind="forum"),
            Activity(id="3", name="课程作业", kind="assign"),
        )
    )
    set_up = supplying.set_up(copied, CLOCK)
    proposal = set_up.offered(visitor()).proposal
    assert proposal.scheme is not None
    assert (proposal.scheme.name, proposal.record_store) == ("prefecture-three-bands", LRS)
    assert (proposal.title, proposal.like) == ("研修课程", "A course")
    choice = Choice(scheme=proposal.scheme, title="副本")
    set_up.read(visitor(), choice)
    listed = set_up.listed(visitor(), choice)
    assert listed.proposed == {(MOODLE, "1"): Purpose.HOMEWORK, (MOODLE, "3"): Purpose.HOMEWORK}
    assert suggested(listed.lines, frozenset(Purpose)) != listed.proposed


def test_a_copy_takes_over_nobody(copied: MemoryStore) -> None:
    set_up = Supplying().set_up(copied, CLOCK)
    set_up.read(visitor(), CHOICE)
    adopted(set_up)
    with copied.reading() as transaction:
        assert transaction.grants("moodle-8") == [
            Grant(person="moodle-8", role="coordinator", course=SOURCE_COURSE)
        ]
        assert {person.id for person in transaction.people(NEW)} == {"li", "zhao", "wang", "chen"}


def test_a_source_with_a_scheme_of_its_own_offers_that_too(copied: MemoryStore) -> None:
    set_up = Supplying(schemes=[offer()]).set_up(copied, CLOCK)
    names = [one.name for one in set_up.offered(visitor()).schemes]
    assert names == ["longcheng-2024", "prefecture-three-bands"]


def test_a_source_that_cannot_be_read_any_more_proposes_nothing(copied: MemoryStore) -> None:
    def former(*_: object) -> Any:
        raise UnknownScheme("of an older version")

    set_up = Supplying(former=former).set_up(copied, CLOCK)
    assert set_up.offered(visitor()).proposal.like is None


def test_the_history_of_another_platform_proposes_nothing(copied: MemoryStore) -> None:
    with copied.writing() as transaction:
        transaction.keep_platform_course(place(registration=2, history=("7",)))
    set_up = Supplying().set_up(copied, CLOCK)
    assert set_up.offered(visitor(registration=2)).proposal.like is None


# -- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "expected"),
    [("2", "lti1-2"), ("a-b", "lti1-a-b"), ("A", None), ("研修", None), ("a/b", None), ("x" * 41, None)],
)
def test_a_course_is_called_after_its_platforms_own_id_where_that_can_be(
    context: str, expected: str | None
) -> None:
    found = course_id(1, context)
    assert found == expected or (expected is None and len(found) == len("lti1-") + 16)


def test_courses_of_two_registrations_are_two() -> None:
    assert course_id(1, "2") != course_id(2, "2")

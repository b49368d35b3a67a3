"""Adopting other rules: who would flip is seen first; cards and rules change together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import ActKind, Batch, KeptCourse, KeptScheme
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.scoring.foresee import foresee_rules
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    account_of,
    adopt_course,
    bindings,
    members,
    new_store,
    roster,
    rules,
    told,
)

CLOCK = StandingClock()
SIGNED = Signature(by="operator:office", reason="the plan of this year")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Li has 12 topics, zhao 8 and four more in a forum that is bound to nothing."""
    store = new_store(tmp_path)
    adopt_course(store)
    elsewhere = [replace(one, forum="26") for one in given.replies(4, person=ZHAO)]
    of_zhao = [given.topic(f"z{number}", person=ZHAO) for number in range(8)]
    batches = [roster(LI, ZHAO, WANG, CHEN), told(*members(), *given.topics(12), *of_zhao, *elsewhere)]
    collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    yield store
    store.close()


def passing_at(mark: int) -> Scheme:
    """The main scheme with another pass mark for learners."""
    scheme = given.main_scheme()
    learner = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(mark))
    return replace(scheme, roles={**scheme.roles, Role.LEARNER: learner})


def kept(store: SqlStore, rules_: CourseRules, settings: str) -> Assessed:
    fingerprint = rules_.scheme.fingerprint
    course = KeptCourse(id=COURSE, title="A course", scheme=fingerprint, settings=settings)
    scheme = KeptScheme(fingerprint=fingerprint, name="other", text="its text")
    done = adopt(course, scheme, rules_, store, clock=CLOCK, signed=SIGNED)
    assert done is not None
    return done


def totals(store: SqlStore) -> dict[str, int]:
    with store.reading() as transaction:
        return {row.card.person: int(row.card.total) for row in transaction.board(COURSE, role=Role.LEARNER)}


def test_a_preview_names_only_those_whose_result_changes(store: SqlStore) -> None:
    foreseen = foresee_rules(rules(scheme=passing_at(10)), store, clock=CLOCK)
    (flip,) = foreseen.flips
    assert (flip.person, flip.name, flip.role, flip.class_) == (LI, "Li", Role.LEARNER, given.CLASS)
    assert (flip.before.state, flip.before.total) == (CardState.FAIL, Fraction(12))
    assert (flip.after.state, flip.after.total) == (CardState.PASS, Fraction(12))
    assert (flip.passes, flip.falls) == (True, False)
    assert (foreseen.compared, foreseen.changed, foreseen.dropped) == (4, 0, 0)
    assert foreseen.before == {CardState.FAIL: 3}
    assert foreseen.states == {CardState.PASS: 1, CardState.FAIL: 2}


def test_who_would_no_longer_pass_falls(store: SqlStore) -> None:
    kept(store, rules(scheme=passing_at(10)), "")
    (flip,) = foresee_rules(rules(), store, clock=CLOCK).flips
    assert (flip.passes, flip.falls) == (False, True)


def test_a_preview_counts_whose_total_changes_without_another_result(store: SqlStore) -> None:
    wider = foresee_rules(rules(bindings=bindings(posts=("forum", "26"))), store, clock=CLOCK)
    assert (wider.flips, wider.changed) == ([], 1)


def test_a_preview_counts_whom_the_rules_would_not_score(store: SqlStore) -> None:
    scheme = given.main_scheme()
    learners = replace(scheme, roles={Role.LEARNER: scheme.roles[Role.LEARNER]})
    foreseen = foresee_rules(rules(scheme=learners), store, clock=CLOCK)
    assert (foreseen.compared, foreseen.dropped) == (3, 1)


def test_a_preview_reads_tutors_anew_whose_learners_statements_arrived(store: SqlStore) -> None:
    """Statements tell of their learners alone; a hand-in among them is the tutor's duty all the same."""
    essays = rules(bindings=bindings(homework=("essay",)))
    assess(essays, store, clock=CLOCK, everyone=True)
    said = LmsStatement(
        stored=0,
        id="s1",
        account=account_of(ZHAO),
        verb=LmsVerb.SUBMITTED,
        object="essay of zhao",
        activity="essay",
        at=given.DUE,
    )
    marked = said._replace(
        stored=1, id="s2", verb=LmsVerb.SCORED, raw=Fraction(9), maximum=Fraction(10), by=account_of(WANG)
    )
    collect(COURSE, ScriptedSource([Batch(statements=[said, marked])]), store, clock=CLOCK)
    by_measures = foresee_rules(essays, store, clock=CLOCK, before=essays)
    assert by_measures.changed == foresee_rules(essays, store, clock=CLOCK).changed == 2


def test_a_preview_is_known_by_what_it_shows(store: SqlStore) -> None:
    first, again = (foresee_rules(rules(scheme=passing_at(10)), store, clock=CLOCK) for _ in range(2))
    other = foresee_rules(rules(scheme=passing_at(11)), store, clock=CLOCK)
    assert first.mark == again.mark != other.mark


def test_adopting_other_rules_is_signed_at_the_instant_of_the_cards(store: SqlStore) -> None:
    kept(store, rules(scheme=passing_at(10)), "")
    with store.reading() as transaction:
        (act,) = transaction.acts(course=COURSE)
        row = transaction.history(COURSE, LI, role=Role.LEARNER, class_=given.CLASS)[-1]
    assert (act.kind, act.by, act.reason) == (ActKind.ADOPTED, "operator:office", "the plan of this year")
    assert act.subject == passing_at(10).fingerprint
    assert act.at == row.scored_at


def test_adopting_the_same_again_signs_nothing(store: SqlStore) -> None:
    kept(store, rules(scheme=passing_at(10)), "")
    kept(store, rules(scheme=passing_at(10)), "")
    with store.reading() as transaction:
        assert len(transaction.acts(course=COURSE)) == 1


def test_a_preview_stores_nothing(store: SqlStore) -> None:
    foresee_rules(rules(scheme=passing_at(1)), store, clock=CLOCK)
    with store.reading() as transaction:
        assert {row.card.pass_mark for row in transaction.board(COURSE, role=Role.LEARNER)} == {Fraction(80)}


def test_a_preview_sees_other_bindings(store: SqlStore) -> None:
    wider = rules(scheme=passing_at(11), bindings=bindings(posts=("forum", "26")))
    assert {flip.person for flip in foresee_rules(wider, store, clock=CLOCK).flips} == {LI, ZHAO}


def test_adopting_scores_everybody_by_the_new_rules(store: SqlStore) -> None:
    wider = rules(bindings=bindings(posts=("forum", "26")))
    assert kept(store, wider, "posts in two forums") == Assessed(scored=4, changed=1)
    assert totals(store) == {LI: 12, ZHAO: 12, CHEN: 0}
    with store.reading() as transaction:
        assert transaction.course(COURSE).settings == "posts in two forums"


def test_an_adoption_that_cannot_be_finished_changes_neither_rules_nor_cards(store: SqlStore) -> None:
    class Stopped(StandingClock):
        def now(self) -> int:
            raise KeyboardInterrupt

    wider = rules(bindings=bindings(posts=("forum", "26")))
    course = KeptCourse(id=COURSE, title="", scheme=wider.scheme.fingerprint, settings="new")
    scheme = KeptScheme(fingerprint=wider.scheme.fingerprint, name="", text="")
    with pytest.raises(KeyboardInterrupt):
        adopt(course, scheme, wider, store, clock=Stopped())
    assert totals(store) == {LI: 12, ZHAO: 8, CHEN: 0}
    with store.reading() as transaction:
        assert transaction.course(COURSE).settings == ""

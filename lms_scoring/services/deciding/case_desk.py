"""The case desk: who may see a case and what of it, and the steps that people take.

Who guides the class or coordinates sees a case with both texts; whom it is about sees it without anybody
else's name or text. Whoever wrote the other text is named only to somebody who may see that person anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from functools import partial

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.doubts.side_by_side import side_by_side
from lms_scoring.domain.errors import NotAllowed, StepRefused
from lms_scoring.domain.evidence import Action, Membership, RecordTarget
from lms_scoring.domain.places import places_now
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.domain.proceedings.terms import end_of_term
from lms_scoring.ports import CaseText, Clock, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import View, view_of
from lms_scoring.services.deciding.case_pages import case_pages
from lms_scoring.services.deciding.enter import Shift
from lms_scoring.services.deciding.in_force import in_force
from lms_scoring.services.deciding.judging import at_stake, judged, keep_judged
from lms_scoring.services.deciding.record_titles import record_titles
from lms_scoring.services.deciding.signers import signed_places
from lms_scoring.services.deciding.to_check import deciding_about, waiting_for
from lms_scoring.services.deciding.told_cases import CaseList, Concerned, KnownCase, OpenedCase, Weighed
from lms_scoring.services.paging import page_there
from lms_scoring.services.scoring.assess import assess_person
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of

PER_PAGE = 100
"""Cases on one page, with all those of the person who is the last on it."""

_BY_PEOPLE = (StepKind.DECIDED, StepKind.OBJECTED, StepKind.SETTLED)


class CaseDesk:
    """The cases of one course."""

    def __init__(self, store: Store, rules: CourseRules, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def listed(
        self,
        visitor: Visitor,
        *,
        waiting: bool,
        family: Family | None = None,
        page: int = 1,
        per_page: int = PER_PAGE,
    ) -> CaseList:
        """Those on which somebody has to act, or all; of a page that there is not the nearest. Those of one
        person are never parted, so a page may have some more. Raises NotAllowed for who decides about nobody.
        """
        with self._store.reading() as transaction:
            course = self._rules.course
            view = view_of(transaction, course, visitor)
            if not view.guides:
                raise NotAllowed("cases are for tutors and coordinators")
            persons = deciding_about(view, transaction.memberships(course))
            heaps = transaction.case_heaps(course, persons=persons, waiting=waiting)
            pages = case_pages(heaps, family=family, per_page=per_page)
            number = page_there(page, len(pages))
            shown = pages[number - 1] if pages else []
            found = transaction.cases(course, persons=shown, waiting=waiting) if shown else ()
            known = self._known(transaction, [one for one in found if family in (None, one.family)])
            counts: Counter[Family] = Counter()
            for heap in heaps:
                counts[heap.family] += heap.count
            waits = waiting_for(transaction, view, by=author_of(visitor), now=self._clock.now())
            return CaseList(
                view=view,
                people=_by_person(known, shown),
                counts=counts,
                family=family,
                number=number,
                pages=len(pages),
                waiting=waits.total,
            )

    def about(self, transaction: Transaction, view: View, person: str) -> Sequence[KnownCase]:
        """The cases about a person whose card the visitor sees; none for the tutor of a class that the person
        has left for another. Raises NotAllowed."""
        course = self._rules.course
        places = transaction.memberships(course, persons=[person])
        if not any(view.shows(one) for one in places):
            raise NotAllowed("that person is in none of your classes")
        if person != view.person and not any(view.shows(one) for one in places_now(places)):
            return []
        return self._known(transaction, transaction.cases(course, persons=[person]))

    def opened(self, visitor: Visitor, number: int) -> OpenedCase:
        """One case. Raises NotAllowed, also where there is none of that number."""
        with self._store.reading() as transaction:
            return self._opened(transaction, visitor, number)

    def weighed(self, visitor: Visitor, number: int) -> Weighed:
        """One case, and what is at stake. Raises NotAllowed as `opened` does."""
        with self._store.reading() as transaction:
            opened = self._opened(transaction, visitor, number)
            case, by, now = opened.known.case, author_of(visitor), self._clock.now()
            if not opened.may & {StepKind.DECIDED, StepKind.SETTLED}:
                return Weighed(opened=opened)
            at = partial(at_stake, transaction, self._rules, by=by, entitled=opened.places, now=now)
            alone = with_alike = at([case], Action.RESTORE if opened.known.is_voided else Action.VOID)
            if opened.alike:
                alike = transaction.cases(self._rules.course, numbers=opened.alike)
                with_alike = at([case, *alike], Action.VOID)
            concerned = {shift.after.person for shift in (*alone.shifts, *with_alike.shifts)}
            names = transaction.names(concerned)
            return Weighed(opened=opened, alone=alone, with_alike=with_alike, names=names)

    def decide(
        self,
        visitor: Visitor,
        number: int,
        outcome: Outcome,
        words: str,
        *,
        alike: Sequence[int] = (),
        by: str | None = None,
        keep: bool = True,
    ) -> Sequence[Shift]:
        """A first person's decision, with the scores that follow from it; `alike` are other open cases of the
        same person and family that it is meant for too. All or none of them are decided. `by` signs (None:
        the visitor); without `keep` it is only foreseen.

        Raises NotAllowed, StepRefused, CannotBeDecided; NotAllowed too where a case is none of those alike.
        """
        with self._judging(keep) as transaction:
            opened, now = self._opened(transaction, visitor, number), self._clock.now()
            self._check_judge(opened)
            if not {*alike} <= {*opened.alike}:
                raise NotAllowed("a decision is meant for open cases of the same person and family only")
            until = end_of_term(now, self._rules.doubts.objection_days, self._rules.zone)
            others = transaction.cases(self._rules.course, numbers=alike) if alike else ()
            signs = by or author_of(visitor)
            cases = [
                one.decided(outcome, by=signs, words=words, at=now, until=until)
                for one in (opened.known.case, *others)
            ]
            entitled = self._entitled(transaction, visitor, opened, by=signs)
            return self._judged(transaction, cases, entitled=entitled, now=now, keep=keep)

    def object(self, visitor: Visitor, number: int, words: str) -> None:
        """The objection of whom it is about. Raises NotAllowed, StepRefused."""
        with self._store.writing() as transaction:
            opened, now = self._opened(transaction, visitor, number), self._clock.now()
            refusal = opened.known.refusal(StepKind.OBJECTED, author_of(visitor), now)
            if refusal is not None:
                raise StepRefused(refusal.value)
            case = opened.known.case.objected(by=author_of(visitor), words=words, at=now)
            transaction.keep_case(self._rules.course, case)
            assess_person(transaction, self._rules, case.person, now=now)

    def settle(
        self,
        visitor: Visitor,
        number: int,
        outcome: Outcome,
        words: str,
        *,
        by: str | None = None,
        keep: bool = True,
    ) -> Sequence[Shift]:
        """A second person's decision, for good, with the scores that follow; `by` and `keep` as in `decide`.

        Raises NotAllowed, StepRefused, CannotBeDecided.
        """
        with self._judging(keep) as transaction:
            opened, now = self._opened(transaction, visitor, number), self._clock.now()
            self._check_judge(opened)
            signs = by or author_of(visitor)
            case = opened.known.case.settled(outcome, by=signs, words=words, at=now)
            entitled = self._entitled(transaction, visitor, opened, by=signs)
            return self._judged(transaction, [case], entitled=entitled, now=now, keep=keep)

    def _judging(self, keep: bool) -> AbstractContextManager[Transaction]:
        return self._store.writing() if keep else self._store.reading()

    def _entitled(
        self, transaction: Transaction, visitor: Visitor, opened: OpenedCase, *, by: str
    ) -> Sequence[Membership]:
        """The person's places about which decides who signs: another one than the visitor may not decide."""
        if by == author_of(visitor):
            return opened.places
        return signed_places(transaction, self._rules.course, by, opened.known.case.person)

    def _judged(
        self,
        transaction: Transaction,
        cases: Sequence[Case],
        *,
        entitled: Collection[Membership],
        now: int,
        keep: bool,
    ) -> Sequence[Shift]:
        found = judged(transaction, self._rules, cases, entitled=entitled, now=now)
        if keep:
            keep_judged(transaction, self._rules, found, now=now)
        return found.shifts

    def _check_judge(self, opened: OpenedCase) -> None:
        if opened.is_own:
            raise NotAllowed("cases are decided by the class's tutors and by coordinators, never one's own")

    def _opened(self, transaction: Transaction, visitor: Visitor, number: int) -> OpenedCase:
        course = self._rules.course
        view = view_of(transaction, course, visitor)
        found = transaction.cases(course, numbers=[number])
        places = [] if not found else transaction.memberships(course, persons=[found[0].person])
        deciding = view.decidable(places)
        is_own = bool(found) and found[0].person == view.person
        if not deciding and not is_own:
            raise NotAllowed("there is no case of that number for you")
        (known,) = self._known(transaction, found)
        now, by = self._clock.now(), author_of(visitor)
        may = frozenset(kind for kind in _BY_PEOPLE if known.refusal(kind, by, now) is None)
        texts = transaction.case_texts(course, number)
        plain = OpenedCase(
            view=view,
            known=known,
            is_own=is_own,
            may=may,
            own=texts.own,
        )
        if not deciding:
            return plain
        task = self._task(transaction, known.case)
        pieces = None
        if texts.own is not None and texts.other is not None:
            pieces = side_by_side(texts.own.text, texts.other.text, task=task)
        return OpenedCase(
            view=view,
            known=known,
            is_own=is_own,
            may=may,
            places=deciding,
            own=texts.own,
            other=texts.other,
            other_name=self._name_for(transaction, view, texts.other),
            pieces=pieces,
            alike=_alike(transaction, course, known) if StepKind.DECIDED in may else (),
            following=transaction.case_to_judge(
                course, persons=deciding_about(view, transaction.memberships(course)), by=by, after=number
            ),
        )

    def _task(self, transaction: Transaction, case: Case) -> str:
        text = transaction.text_of(self._rules.course, case.kind, case.name)
        if text is None:
            return ""
        return transaction.task_text(self._rules.course, text.source, text.activity)

    def _name_for(self, transaction: Transaction, view: View, other: CaseText | None) -> str | None:
        if other is None or other.person is None or other.course != self._rules.course:
            return None
        places = transaction.memberships(self._rules.course, persons=[other.person])
        if not any(view.shows(place) for place in places):
            return None
        return transaction.names({other.person}).get(other.person)

    def _known(self, transaction: Transaction, cases: Sequence[Case]) -> list[KnownCase]:
        if not cases:
            return []
        course, now, persons = self._rules.course, self._clock.now(), {case.person for case in cases}
        about = {case.number: RecordTarget(kind=case.kind, id=case.name) for case in cases}
        titles = record_titles(transaction, course, set(about.values()))
        decisions = in_force(transaction, course, persons, now=now)
        holding = {case.number: decisions.about(case.person, about[case.number]) for case in cases}
        acting = {step.by for case in cases for step in case.steps if step.by is not None}
        acting |= {decision.by for decision in holding.values() if decision is not None}
        names = transaction.names(persons | acting)
        return [
            KnownCase(
                case=case,
                state=case.state(now),
                name=names.get(case.person, ""),
                names=names,
                title=titles.get(about[case.number]),
                in_force=holding[case.number],
            )
            for case in cases
        ]


def _by_person(cases: Sequence[KnownCase], persons: Sequence[str]) -> list[Concerned]:
    theirs: dict[str, list[KnownCase]] = {person: [] for person in persons}
    for one in cases:
        theirs[one.case.person].append(one)
    return [Concerned(person=person, name=known[0].name, cases=known) for person, known in theirs.items()]


def _alike(transaction: Transaction, course: str, known: KnownCase) -> list[int]:
    case = known.case
    waiting = transaction.cases(course, persons=[case.person], waiting=True)
    return [
        one.number
        for one in waiting
        if one.family is case.family and one.number != case.number and one.step(StepKind.DECIDED) is None
    ]

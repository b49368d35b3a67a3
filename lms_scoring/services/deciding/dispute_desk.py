"""The dispute desk: who contests a point of the own card, who sees that, and who answers.

Only whose card it is contests it, and has one dispute about the same thing at a time, and a few about the
card. Who may decide about the card answers; what nobody answers in time goes to those who see the whole
course. While a course is closed, they alone answer. That something was changed is answered once it is: until
then the dispute waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from lms_scoring.domain.errors import NotAllowed, StepRefused
from lms_scoring.domain.evidence import CriterionTarget, Decision, RecordTarget
from lms_scoring.domain.proceedings.dispute import (
    ANSWERING,
    Contested,
    Dispute,
    raised,
    raising_refusal,
    waiting_beside,
)
from lms_scoring.domain.proceedings.step import Outcome, Refusal, Step, StepKind
from lms_scoring.domain.proceedings.terms import end_of_term
from lms_scoring.domain.scheme import Criterion
from lms_scoring.ports import ActKind, Clock, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import View, view_of
from lms_scoring.services.deciding.decide import number_of
from lms_scoring.services.deciding.enter import made_about
from lms_scoring.services.deciding.record_titles import dispute_titles
from lms_scoring.services.deciding.signers import not_entitled, signer_view
from lms_scoring.services.deciding.to_check import (
    may_answer,
    may_read,
    others_contesting,
    waiting_for,
)
from lms_scoring.services.deciding.told_disputes import DisputeList, Line, Offer, OpenedDispute, Told
from lms_scoring.services.gradebook.enqueue import enqueue_again
from lms_scoring.services.paging import page_there
from lms_scoring.services.scoring.made_cards import card_of_today
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of

PER_PAGE = 50
"""Disputes on one page."""

_OWN_STEPS = (StepKind.ASKED_AGAIN, StepKind.WITHDRAWN)


class DisputeDesk:
    """The disputes of one course."""

    def __init__(self, store: Store, rules: CourseRules, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def listed(
        self, visitor: Visitor, *, waiting: bool, page: int = 1, per_page: int = PER_PAGE
    ) -> DisputeList:
        """Those that somebody must answer, or all; of a page that there is not the nearest. Raises NotAllowed
        for who answers nobody."""
        with self._store.reading() as transaction:
            course = self._rules.course
            view = view_of(transaction, course, visitor)
            if not view.guides:
                raise NotAllowed("disputes of others are for tutors and coordinators")
            whose = others_contesting(view, transaction.memberships(course))
            first = (max(page, 1) - 1) * per_page
            part = transaction.dispute_part(course, whose, waiting=waiting, first=first, rows=per_page)
            pages = -(-part.found // per_page)
            number = page_there(page, pages)
            if number != page:
                first = (number - 1) * per_page
                part = transaction.dispute_part(course, whose, waiting=waiting, first=first, rows=per_page)
            now = self._clock.now()
            return DisputeList(
                view=view,
                disputes=self._told(transaction, part.disputes),
                found=part.found,
                number=number,
                pages=pages,
                waiting=waiting_for(transaction, view, by=author_of(visitor), now=now).total,
            )

    def about(self, transaction: Transaction, view: View, person: str) -> Sequence[Told]:
        """The disputes about those cards of a person that the visitor sees."""
        course = self._rules.course
        places = transaction.memberships(course, persons=[person])
        found = transaction.disputes(course, persons=[person])
        return self._told(transaction, [one for one in found if may_read(view, one, places)])

    def offered(self, visitor: Visitor, about: Contested) -> Offer:
        """What the visitor is about to contest. Raises NotAllowed for all but points of the own card."""
        with self._store.reading() as transaction:
            return self._offer(transaction, visitor, about)

    def raise_(self, visitor: Visitor, about: Contested, words: str) -> int:
        """Contests it; the number of the new dispute. Raises NotAllowed, StepRefused."""
        with self._store.writing() as transaction:
            offer, now = self._offer(transaction, visitor, about), self._clock.now()
            dispute = raised(
                about,
                person=offer.person,
                words=words,
                at=now,
                until=self._term(now, offer.answer_days),
                others=transaction.disputes(self._rules.course, persons=[offer.person]),
                decided=self._last_decided(transaction, offer.person),
            )
            return self._keep(transaction, dispute)

    def opened(self, visitor: Visitor, number: int) -> OpenedDispute:
        """One dispute. Raises NotAllowed, also where there is none of that number."""
        with self._store.reading() as transaction:
            return self._opened(transaction, visitor, number)

    def answer(
        self, visitor: Visitor, number: int, outcome: Outcome, words: str, *, by: str | None = None
    ) -> None:
        """The first answer or the second; it changes nothing itself. `by` signs (None: the visitor).

        Raises NotAllowed, StepRefused, CannotBeDecided for another signature than one of who may answer it.
        """
        with self._store.writing() as transaction:
            opened, now = self._opened(transaction, visitor, number), self._clock.now()
            if not opened.may_decide:
                raise NotAllowed("disputes are answered by who may decide about the card, never one's own")
            until, signs = self._term(now, self._rules.disputes.second_days), by or author_of(visitor)
            dispute = opened.told.dispute
            last = self._last_decided(transaction, dispute.person)
            answered = dispute.answered(outcome, by=signs, words=words, at=now, until=until, decided=last)
            if signs != author_of(visitor):
                self._check_signer(transaction, dispute, signs)
            if outcome is Outcome.CHANGED and not opened.is_changed:
                raise StepRefused(Refusal.NOT_DECIDED.value)
            self._keep(transaction, answered)

    def ask_again(self, visitor: Visitor, number: int, words: str) -> None:
        """Its owner wants a second opinion. Raises NotAllowed, StepRefused."""
        with self._store.writing() as transaction:
            opened, now = self._opened(transaction, visitor, number), self._clock.now()
            until = self._term(now, self._rules.disputes.answer_days)
            asked = opened.told.dispute.asked_again(by=author_of(visitor), words=words, at=now, until=until)
            self._keep(transaction, asked)

    def withdraw(self, visitor: Visitor, number: int) -> None:
        """Its owner lets it be. Raises NotAllowed, StepRefused."""
        with self._store.writing() as transaction:
            opened = self._opened(transaction, visitor, number)
            dispute = opened.told.dispute.withdrawn(by=author_of(visitor), at=self._clock.now())
            self._keep(transaction, dispute)

    def _check_signer(self, transaction: Transaction, dispute: Dispute, by: str) -> None:
        course, person = self._rules.course, dispute.person
        view = signer_view(transaction, course, by, person=person)
        if not may_answer(view, dispute, transaction.memberships(course, persons=[person])):
            raise not_entitled(course, by, person)

    def _keep(self, transaction: Transaction, dispute: Dispute) -> int:
        """Its number. It moves a line of the scoreboard, so the board is settled again; and a verdict goes to
        the gradebook only once there is an answer."""
        course, now = self._rules.course, self._clock.now()
        kept = transaction.keep_dispute(course, dispute)
        enqueue_again(transaction, course, dispute.person, now=now, reading=self._rules.window_reading)
        transaction.settle_boards(course)
        return kept.number

    def _term(self, now: int, days: int) -> int:
        return end_of_term(now, days, self._rules.zone)

    def _offer(self, transaction: Transaction, visitor: Visitor, about: Contested) -> Offer:
        course = self._rules.course
        view = view_of(transaction, course, visitor)
        person = view.person
        places = [] if person is None else transaction.memberships(course, persons=[person])
        own = [one for one in places if (one.role, one.class_) == (about.role, about.class_)]
        line = None
        if person is not None and any(view.shows(place) for place in own):
            line = self._line(transaction, person, about)
        if person is None or line is None or (about.record is not None and line.finding is None):
            raise NotAllowed("one contests points of the own card alone, and what it names")
        found = transaction.disputes(course, persons=[person])
        return Offer(
            view=view,
            person=person,
            about=about,
            line=line,
            former=self._told(transaction, [one for one in found if one.about == about]),
            answer_days=self._rules.disputes.answer_days,
            waiting=waiting_beside(about, found),
            refusal=raising_refusal(about, found, at=self._clock.now()),
        )

    def _opened(self, transaction: Transaction, visitor: Visitor, number: int) -> OpenedDispute:
        course = self._rules.course
        view = view_of(transaction, course, visitor)
        found = transaction.disputes(course, numbers=[number])
        places = [] if not found else transaction.memberships(course, persons=[found[0].person])
        if not found or not may_read(view, found[0], places):
            raise NotAllowed("there is no dispute of that number for you")
        (told,) = self._told(transaction, found)
        dispute, by, now = told.dispute, author_of(visitor), self._clock.now()
        judges = may_answer(view, dispute, places)
        steps = (ANSWERING if judges else ()) + (_OWN_STEPS if by == dispute.person else ())
        line = self._line(transaction, dispute.person, dispute.about)
        decisions = self._decisions(transaction, dispute, line)
        return OpenedDispute(
            view=view,
            told=told,
            is_own=dispute.person == view.person,
            may_decide=judges,
            may=frozenset(kind for kind in steps if dispute.refusal(kind, by, now) is None),
            line=line,
            decisions=decisions,
            is_changed=any(_is_since(dispute.asked, one, dispute.person) for one in decisions)
            or self._has_other_points(transaction, dispute, line),
        )

    def _line(self, transaction: Transaction, person: str, about: Contested) -> Line | None:
        course = self._rules.course
        card = card_of_today(transaction, self._rules, person, role=about.role, class_=about.class_)
        results = [] if card is None else [one for one in card.criteria if one.id == about.criterion]
        if not results:
            return None
        finding = None
        if about.record is not None:
            wanted = (about.record.kind, about.record.id)
            named = (one for one in results[0].findings if (one.kind, one.id) == wanted)
            finding = next(named, None)
        criterion = self._criterion(about)
        if finding is None:
            return Line(result=results[0], criterion=criterion)
        activities = {activity.id: activity.name for _, activity in transaction.activities(course)}
        activities |= transaction.titles([finding.activity] if finding.activity is not None else [])
        whose = None if finding.person is None else transaction.names({finding.person}).get(finding.person)
        return Line(
            result=results[0],
            criterion=criterion,
            finding=finding,
            activity=activities.get(finding.activity or "") or finding.activity,
            whose=whose,
        )

    def _criterion(self, about: Contested) -> Criterion | None:
        rules = self._rules.scheme.roles.get(about.role)
        criteria = () if rules is None else rules.criteria
        return next((one for one in criteria if one.id == about.criterion), None)

    def _decisions(self, transaction: Transaction, dispute: Dispute, line: Line | None) -> list[Decision]:
        """About what is contested, each with whose it is: a tutor's card names the work of others."""
        findings = [] if line is None else line.result.findings
        records = [RecordTarget(kind=one.kind, id=one.id) for one in findings]
        owners = {one: of.person or dispute.person for one, of in zip(records, findings, strict=True)}
        named = [dispute.record] if dispute.record is not None else records
        about: set[tuple[str, RecordTarget | CriterionTarget]] = {
            (dispute.person, CriterionTarget(criterion=dispute.criterion)),
            *((owners.get(one, dispute.person), one) for one in named),
        }
        return [
            one.entry
            for one in made_about(transaction, self._rules.course, {person for person, _ in about})
            if isinstance(one.entry, Decision)
            and (one.entry.person, one.entry.target) in about
            and _is_since(dispute.steps[0], one.entry, dispute.person)
        ]

    def _last_decided(self, transaction: Transaction, person: str) -> int:
        entries = [one.entry for one in made_about(transaction, self._rules.course, {person})]
        numbers = [number_of(one) for one in entries if isinstance(one, Decision)]
        return max((one for one in numbers if one is not None), default=0)

    def _has_other_points(self, transaction: Transaction, dispute: Dispute, line: Line | None) -> bool:
        """Whether the criterion had others when it was asked: the work may have been marked anew. Who asked
        while a card by other rules was awaited saw that one, so the first that was kept of it says it."""
        about, scheme = dispute.about, self._rules.scheme.fingerprint
        versions = transaction.history(
            self._rules.course, dispute.person, role=about.role, class_=about.class_
        )
        then = [one for one in versions if one.scored_at <= dispute.asked.at][-1:]
        if any(one.card.scheme != scheme for one in then):
            adopted = self._adopted_before(transaction, dispute)
            if adopted is not None:
                kept = (one for one in versions if one.scored_at >= adopted and one.card.scheme == scheme)
                then = [*islice(kept, 1)]
        points = [one.points for row in then for one in row.card.criteria if one.id == about.criterion]
        return line is not None and points != [] and points != [line.result.points]

    def _adopted_before(self, transaction: Transaction, dispute: Dispute) -> int | None:
        """When the rules that hold were adopted, if that was before it was asked."""
        acts = [one for one in transaction.acts(course=self._rules.course) if one.at <= dispute.asked.at]
        adopted = [one for one in acts if one.kind is ActKind.ADOPTED]
        of_these = [one.at for one in adopted if one.subject == self._rules.scheme.fingerprint]
        return max(of_these, default=None)

    def _told(self, transaction: Transaction, disputes: Sequence[Dispute]) -> list[Told]:
        now, persons = self._clock.now(), {one.person for one in disputes}
        acting = {step.by for one in disputes for step in one.steps if step.by is not None}
        names = transaction.names(persons | acting) if disputes else {}
        titles = dispute_titles(transaction, self._rules.course, disputes)
        return [
            Told(
                dispute=one,
                state=one.state(now),
                is_overdue=one.is_overdue(now),
                name=names.get(one.person, ""),
                criterion=self._criterion(one.about),
                names=names,
                title=titles.get(one.number),
            )
            for one in disputes
        ]


def _is_since(step: Step, decision: Decision, person: str) -> bool:
    """Whether the decision came after the step. About who contests the numbers tell it, whatever clocks did;
    about others, whose work a tutor's card names, and for steps that have no number, the times."""
    number = number_of(decision) if decision.person == person else None
    if step.decided is None or number is None:
        return decision.at >= step.at
    return number > step.decided

"""Deciding: what a person says about one record or one criterion, checked before it becomes evidence.

Undoing is another decision. It brings back what the source or the rule says, not an earlier decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Decisions
from lms_scoring.domain.errors import CannotBeDecided, UnknownPerson
from lms_scoring.domain.evidence_json import from_fields, to_fields
from lms_scoring.domain.figures import plain
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.domain.scheme import Criterion
from lms_scoring.ports import Transaction
from lms_scoring.services.deciding.signers import check_corrects, not_entitled, signed_places
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.made_cards import card_of_today, cards_anew
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable
from lms_scoring.services.scoring.unmade import Noted, Unmade, check_made
from lms_scoring.services.signing import OPERATOR, Signature

JUDGED = tuple(
    ev.KIND_OF[kind]
    for kind in (ev.Watch, ev.ReportedTime, ev.Submission, ev.Post, ev.Recommendation, ev.Unknown)
)
"""Kinds of records that a card judges, so that something can be decided about them."""

Target = ev.RecordTarget | ev.CriterionTarget

_IMPOSSIBLE: Mapping[type[Target], str] = {
    ev.RecordTarget: "a record can be voided and restored, no more: {} is said of a criterion",
    ev.CriterionTarget: "a criterion can be exempt, overridden and restored, no more: {} is said of a record",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """The wish to do something to a record or criterion of a person; only an override has `points`.

    `entitled` are the person's places about which who signed was seen to decide, as the pages do: they know
    which groups a platform's launch named. None: nobody was seen, and what is known of who signed holds.
    `over`: only where this is in force it is wished for; None: whatever is.
    """

    person: str
    target: Target
    action: ev.Action
    signed: Signature
    points: Fraction | None = None
    entitled: Collection[ev.Membership] | None = None
    over: ev.Action | None = None

    def entry(
        self, transaction: Transaction, rules: CourseRules, *, now: int, signed_at: int, beside: int = 0
    ) -> ev.Decision | None:
        """The decision; None where the one in force says the same, or is none that it is to undo.

        `now`: the course's time. `signed_at`: what stands on the decision.

        `beside`: so many others about the person are entered with it, before it.

        Raises CannotBeDecided, MalformedEvidence for words that are no Unicode, CardsNotMade where what the
        person did cannot be read, and UnknownPerson where the person has no part in the course.
        """
        memberships = transaction.memberships(rules.course, persons=[self.person])
        if not memberships:
            raise UnknownPerson(f"{self.person} has no part in {rules.course}; sync the roster first")
        places = _places(transaction, rules.course, self, memberships)
        records = _readable(transaction, rules, self.person)
        decided = [record for record in records if isinstance(record, ev.Decision)]
        last = Decisions.of(decided).about(self.person, self.target)
        if self.over is not None and (last is None or last.action is not self.over):
            return None
        if last is not None and last.at <= signed_at and self._says_the_same(last):
            return None
        decision = self._decision(decided, beside=beside, at=signed_at)
        if isinstance(self.target, ev.CriterionTarget):
            _check_criterion(self, self.target, rules, memberships)
        elif last is None or self.action is not ev.Action.RESTORE:
            _check_record(self, self.target, transaction, rules, records)
        _check_card(self, transaction, rules, memberships, places)
        _check_settled(self, transaction, rules.course)
        if last is None:
            _check_first(self, transaction, rules, records, now=now)
        from_fields("decision", to_fields(decision))  # what could not be read again is refused
        return decision

    def _says_the_same(self, other: ev.Decision) -> bool:
        return (other.action, other.points) == (self.action, self.points)

    def _decision(self, decided: Sequence[ev.Decision], *, beside: int, at: int) -> ev.Decision:
        """Holds over all that were `decided` before, also where those are of a later time than this one."""
        decision = ev.Decision(
            id=f"here/{self.person}-{len(decided) + beside + 1}",
            person=self.person,
            target=self.target,
            action=self.action,
            by=self.signed.by,
            at=at,
            reason=self.signed.reason,
            points=self.points,
            instead_of=tuple(sorted(one.id for one in decided if one.target == self.target and one.at >= at)),
        )
        if not ev.can_be_done(decision):
            raise CannotBeDecided(
                Obstacle.IMPOSSIBLE, _IMPOSSIBLE[type(self.target)].format(self.action.value)
            )
        return decision


def number_of(decision: ev.Decision) -> int | None:
    """How many there were about the person with it, once it was made; None of one that was not made here."""
    number = decision.id.removeprefix(f"here/{decision.person}-")
    return int(number) if number.isascii() and number.isdigit() else None


def _readable(transaction: Transaction, rules: CourseRules, person: str) -> list[ev.Record]:
    """What there is of the person. Raises CardsNotMade where that cannot be made out."""
    unmade = Unmade(transaction)
    records: list[ev.Record] = []
    with Noted(unmade, [person]):
        (evidence,) = transaction.evidence_of(rules.course, [person])
        records = [*scorable(evidence, rules.bindings)]
    check_made(rules.course, unmade.why)
    return records


def named(target: Target) -> str:
    """The target in the words of the command that decides about it."""
    if isinstance(target, ev.CriterionTarget):
        return f"criterion {target.criterion}"
    return f"{target.kind} {target.id}"


def _places(
    transaction: Transaction, course: str, wish: Decide, memberships: Sequence[ev.Membership]
) -> Collection[ev.Membership]:
    """About which of the person's places who signed decides: never about the own, but a tutor takes back
    what the tutor recommended. Raises CannotBeDecided where there is none."""
    by, target = wish.signed.by, wish.target
    if by.startswith(OPERATOR):
        return memberships
    is_own_advice = isinstance(target, ev.RecordTarget) and target.kind == "recommendation"
    if by == wish.person and not is_own_advice:
        raise CannotBeDecided(
            Obstacle.OWN_SCORE, "nobody decides about the own score; name somebody else as deciding"
        )
    check_corrects(transaction, course, by)
    if by == wish.person:
        return memberships
    places = signed_places(transaction, course, by, wish.person) if wish.entitled is None else wish.entitled
    if not places:
        raise not_entitled(course, by, wish.person)
    return places


def _check_card(
    wish: Decide,
    transaction: Transaction,
    rules: CourseRules,
    memberships: Sequence[ev.Membership],
    places: Collection[ev.Membership],
) -> None:
    """Who decides about some of a person's cards decides about what these name, lest those of another role
    change."""
    roles = {place.role for place in places}
    if not any(one.role in rules.scheme.roles and one.role not in roles for one in memberships):
        return
    for place in places:
        card = card_of_today(transaction, rules, wish.person, role=place.role, class_=place.class_)
        if card is not None and card.names(wish.target):
            return
    raise CannotBeDecided(
        Obstacle.NOT_ENTITLED,
        f"{named(wish.target)} is on no card of {wish.person} about which {wish.signed.by} decides; a "
        "coordinator can",
    )


def _check_settled(wish: Decide, transaction: Transaction, course: str) -> None:
    """Where a second person settled the latest case about the record, who decided first does not decide
    against that: else it would be settled by one."""
    about = [one for one in transaction.cases(course, persons=[wish.person]) if _is_about(one, wish.target)]
    case = max(about, key=lambda one: one.number, default=None)
    first = None if case is None else case.step(StepKind.DECIDED)
    second = None if case is None else case.step(StepKind.SETTLED)
    if first is None or second is None or first.by != wish.signed.by:
        return
    if (second.outcome is Outcome.VOIDED) != (wish.action is ev.Action.VOID):
        raise CannotBeDecided(
            Obstacle.SETTLED,
            f"{first.by} decided the case about {named(wish.target)} first, and {second.by} settled it "
            "otherwise than this; somebody else decides if that is to be changed",
        )


def _is_about(case: Case, target: Target) -> bool:
    return isinstance(target, ev.RecordTarget) and (case.kind, case.name) == (target.kind, target.id)


def _check_criterion(
    wish: Decide, target: ev.CriterionTarget, rules: CourseRules, memberships: Sequence[ev.Membership]
) -> None:
    criteria = list(_criteria(rules, memberships))
    maxima = [criterion.max for criterion in criteria if criterion.id == target.criterion]
    if not maxima:
        known = [criterion.id for criterion in criteria]
        near = did_you_mean(target.criterion, known)
        raise CannotBeDecided(
            Obstacle.NO_CRITERION,
            f"{wish.person} has no criterion {target.criterion!r} in {rules.course}; "
            f"there are: {', '.join(known) or 'none'}{near}",
        )
    if wish.action is not ev.Action.OVERRIDE:
        return
    if wish.points is None or not 0 <= wish.points <= min(maxima) or 100 % wish.points.denominator != 0:
        raise CannotBeDecided(
            Obstacle.BAD_POINTS,
            f"{target.criterion} can be given 0 to {plain(min(maxima))} points, with at most 2 decimals",
        )


def _criteria(rules: CourseRules, memberships: Sequence[ev.Membership]) -> Iterator[Criterion]:
    """The criteria by which the person is scored; who is learner and tutor at once has both kinds."""
    for role in sorted({membership.role for membership in memberships} & rules.scheme.roles.keys()):
        yield from rules.scheme.roles[role].criteria


def _check_record(
    wish: Decide,
    target: ev.RecordTarget,
    transaction: Transaction,
    rules: CourseRules,
    records: Sequence[ev.Record],
) -> None:
    if target.kind not in JUDGED:
        raise CannotBeDecided(
            Obstacle.IMPOSSIBLE, f"nothing is decided about {target.kind!r}, only about: {', '.join(JUDGED)}"
        )
    if any(_is(record, target) for record in records):
        return
    course, person = rules.course, wish.person
    unmade = Unmade(transaction)
    everything = evidence_of_course(transaction, rules, unmade=unmade)
    owner = next((ev.owner_of(record) for record in everything if _is(record, target)), None)
    if owner is not None:
        raise CannotBeDecided(
            Obstacle.OF_ANOTHER,
            f"{named(target)} is not of {person} but of {owner}: `lms-scoring decide {course} {owner} …`",
        )
    check_made(course, unmade.why)  # it may be of one of these
    raise CannotBeDecided(
        Obstacle.NO_RECORD,
        f"{person} has no {named(target)} that counts as anything in {course}; "
        f"`lms-scoring explain {course} {person}` shows the ids, with their source in front",
    )


def _check_first(
    wish: Decide, transaction: Transaction, rules: CourseRules, records: Sequence[ev.Record], *, now: int
) -> None:
    """A post that its source calls flooding may be restored as it is; voiding it would say nothing. So may a
    total that looks implausible: somebody has seen that it counts."""
    floods = any(
        isinstance(record, ev.Post) and record.state is ev.PostState.FLOODING and _is(record, wish.target)
        for record in records
    )
    if wish.action is ev.Action.RESTORE and not (floods or _is_flagged(wish, transaction, rules, now=now)):
        raise CannotBeDecided(
            Obstacle.NOTHING_TO_UNDO,
            f"nothing was decided about {named(wish.target)} of {wish.person}, so there is nothing to undo; "
            f"`lms-scoring decisions {rules.course} {wish.person}` lists what was",
        )
    if wish.action is ev.Action.VOID and floods:
        raise CannotBeDecided(
            Obstacle.COUNTS_FOR_NOTHING,
            f"{named(wish.target)} is flooding by its source and does not count anyway",
        )


def _is_flagged(wish: Decide, transaction: Transaction, rules: CourseRules, *, now: int) -> bool:
    """Whether the person's cards, as they would be made now, want somebody to look at a total."""
    cards = cards_anew(transaction, rules, {wish.person}, Unmade(transaction), now=now)
    flagged = {
        ev.RecordTarget(kind=finding.kind, id=finding.id)
        for card in cards
        for result in card.criteria
        for finding in result.findings
        if finding.is_implausible
    }
    return wish.target in flagged


def _is(record: ev.Record, target: Target) -> bool:
    if not isinstance(target, ev.RecordTarget):
        return False
    return (ev.KIND_OF[type(record)], record.id) == (target.kind, target.id)

"""Setting a course up in the browser: a platform's administrator claims one that is none of ours yet.

Whoever claims it chooses a scheme, has its sources read, says what each activity counts as, sees the first
scores, and adopts it; nothing but what was read is kept before that. An administrator of a platform may do
no more than this: in a course that is set up already, nothing is owed to that role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.errors import Mistakes, NotAllowed, SetUpAlready, UnknownScheme
from lms_scoring.domain.evidence import MembershipStatus, Person, Purpose
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score
from lms_scoring.ports import (
    COORDINATOR,
    Clock,
    Grant,
    KeptCourse,
    KeptScheme,
    Launched,
    PlatformCourse,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.services.collecting.rosters import may_read, places_by
from lms_scoring.services.following_up.heartbeats import SCHEDULER, is_seen_lately
from lms_scoring.services.scoring.adopt import adopt_within
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.empty_bindings import without_evidence
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer
from lms_scoring.services.setting_up.activity_lines import Key, Line, lines_of
from lms_scoring.services.setting_up.chosen_course import rules_of, settings_of
from lms_scoring.services.setting_up.course_text import CourseSettings, course_text
from lms_scoring.services.setting_up.new_course import (
    Choice,
    FirstCard,
    Former,
    GoesOn,
    Listed,
    ListedRoster,
    Offered,
    Preview,
    Proposal,
    Supplies,
)
from lms_scoring.services.setting_up.source_states import SourceState, source_states
from lms_scoring.services.setting_up.suggest import as_before, suggested
from lms_scoring.services.unattended.due import ask_now


class SetUp:
    """Sets courses up, step by step; each step asks again who is asking."""

    def __init__(self, *, store: Store, clock: Clock, supplies: Supplies) -> None:
        self._store = store
        self._clock = clock
        self._supplies = supplies

    def offered(self, visitor: Visitor) -> Offered:
        """What there is to choose from. Raises NotAllowed, SetUpAlready."""
        with self._store.reading() as transaction:
            return self._offered(transaction, _claimer(visitor))

    def read(self, visitor: Visitor, choice: Choice) -> None:
        """Has the sources read, as soon as it is their turn, by whoever runs the jobs.

        Raises NotAllowed, SetUpAlready.
        """
        launched, now = _claimer(visitor), self._clock.now()
        with self._store.writing() as transaction:
            settings = self._settings(transaction, launched, choice)
            states = source_states(transaction, settings, now=now)
            still = [one.source for one in states if not one.is_under_way]
            ask_now(transaction, settings.id, still, now=now)

    def listed(self, visitor: Visitor, choice: Choice) -> Listed:
        """What the sources told so far. Raises NotAllowed, SetUpAlready."""
        launched, now = _claimer(visitor), self._clock.now()
        with self._store.reading() as transaction:
            settings = self._settings(transaction, launched, choice)
            states = list(source_states(transaction, settings, now=now))
            seen = transaction.heartbeat(SCHEDULER)
            listed = Listed(sources=states, somebody_reads=is_seen_lately(seen, now=now))
            if not listed.is_read:
                return listed
            known = self._supplies.activity_kinds
            kinds = {source.name: known.get(source.kind) for source in settings.sources}
            lines = lines_of(transaction, settings.id, kinds)
            proposed = self._proposed(transaction, launched, lines, choice.scheme)
            roster = _roster(transaction, settings.id, states)
            return replace(listed, lines=lines, proposed=proposed, roster=roster)

    def preview(self, visitor: Visitor, choice: Choice, chosen: Mapping[Key, Purpose]) -> Preview:
        """The first scores with these bindings; nothing is stored. Raises NotAllowed, SetUpAlready."""
        launched = _claimer(visitor)
        with self._store.reading() as transaction:
            settings = self._settings(transaction, launched, choice)
            rules = rules_of(settings, choice, chosen)
            records = list(evidence_of_course(transaction, rules))
        names = {record.id: record.name for record in records if isinstance(record, Person)}
        cards = [
            FirstCard(
                name=names.get(dossier.membership.person, ""),
                active=dossier.membership.status is MembershipStatus.ACTIVE,
                card=score(choice.scheme.scheme, dossier),
            )
            for dossier in dossiers(records, as_of=self._clock.now())
            if dossier.membership.role in choice.scheme.scheme.roles
        ]
        return Preview(scheme=choice.scheme.scheme, cards=cards, without=list(without_evidence(rules)))

    def adopt(
        self, visitor: Visitor, choice: Choice, chosen: Mapping[Key, Purpose], *, session: GoesOn
    ) -> Visitor:
        """Sets the course up and makes the visitor its coordinator, all or nothing; who they are from now on.

        Raises NotAllowed; SetUpAlready where somebody else was faster.
        """
        launched, now = _claimer(visitor), self._clock.now()
        with self._store.writing() as transaction:
            settings = self._settings(transaction, launched, choice)
            rules = rules_of(settings, choice, chosen)
            settings = replace(settings, bindings=rules.bindings)
            scheme = choice.scheme.scheme
            adopt_within(
                transaction,
                KeptCourse(
                    id=settings.id,
                    title=settings.title,
                    scheme=scheme.fingerprint,
                    settings=course_text(settings),
                ),
                KeptScheme(fingerprint=scheme.fingerprint, name=scheme.id, text=choice.scheme.text),
                rules,
                now=now,
            )
            transaction.keep_platform_course(replace(_place(transaction, launched), course=settings.id))
            transaction.keep_grant(Grant(person=visitor.person or "", role=COORDINATOR, course=settings.id))
            there = replace(visitor, launched=replace(launched, course=settings.id))
            ends_at = now + session.lasts if launched.ends_at is None else launched.ends_at
            transaction.keep_session(session.digest, there, at=now, expires_at=ends_at, idle=session.idle)
        return there

    def _offered(self, transaction: Transaction, launched: Launched) -> Offered:
        place = _place(transaction, launched)
        former = self._former(transaction, place)
        schemes = list(self._supplies.schemes)
        proposal = Proposal(title=place.title or "", scheme=schemes[0] if len(schemes) == 1 else None)
        if former is not None:
            like, was = former
            if was.scheme.key not in {one.key for one in schemes}:
                schemes.append(was.scheme)
            stores = [name for name in self._supplies.record_stores if name in was.sources]
            proposal = replace(
                proposal,
                scheme=next(one for one in schemes if one.key == was.scheme.key),
                record_store=stores[0] if stores else None,
                like=like.title,
            )
        registration = transaction.registration(launched.registration)
        return Offered(
            schemes=schemes,
            record_stores=list(self._supplies.record_stores),
            platform=registration.platform,
            proposal=proposal,
            roster=registration.platform is None and may_read(registration, place),
        )

    def _settings(self, transaction: Transaction, launched: Launched, choice: Choice) -> CourseSettings:
        """As chosen, with nothing bound yet. Raises NotAllowed, SetUpAlready."""
        place = _place(transaction, launched)
        return settings_of(transaction, place, choice, kind_of=self._supplies.kind_of)

    def _proposed(
        self, transaction: Transaction, launched: Launched, lines: Sequence[Line], offer: SchemeOffer
    ) -> dict[Key, Purpose]:
        purposes = purposes_of(offer.scheme)
        former = self._former(transaction, _place(transaction, launched))
        if former is None:
            return suggested(lines, purposes)
        like, was = former
        before = as_before(was.bindings, transaction.activities(like.id), lines)
        new = [line for line in lines if line.key not in before]
        kept = {key: purpose for key, purpose in before.items() if purpose is not None}
        told_twice = {Purpose.STUDY_TIME} & {*kept.values()}
        return suggested(new, purposes - told_twice) | {
            key: purpose for key, purpose in kept.items() if purpose in purposes
        }

    def _former(self, transaction: Transaction, place: PlatformCourse) -> tuple[KeptCourse, Former] | None:
        """The nearest course of ours that this one was copied from."""
        for context in place.history:
            found = transaction.platform_course(place.registration, context)
            if found is None or found.course is None:
                continue
            kept = transaction.course(found.course)
            try:
                return kept, self._supplies.former(kept, transaction.scheme(kept.scheme))
            except (Mistakes, UnknownScheme):
                return None  # it is that course's trouble, told there; this one is set up without it
        return None


def purposes_of(scheme: Scheme) -> frozenset[Purpose]:
    """What the scheme asks about."""
    return frozenset(
        purpose
        for part in scheme.roles.values()
        for criterion in part.criteria
        for purpose in criterion.rule.purposes
    )


def may_claim(visitor: Visitor) -> bool:
    """Whether the visitor may set up the course they were launched from, if it is none of ours yet."""
    launched = visitor.launched
    return launched is not None and visitor.person is not None and launched.administrator


def _claimer(visitor: Visitor) -> Launched:
    """The launch of somebody who may claim its course. Raises NotAllowed."""
    if visitor.launched is None or not may_claim(visitor):
        raise NotAllowed("a course is set up by an administrator of its platform")
    return visitor.launched


def _place(transaction: Transaction, launched: Launched) -> PlatformCourse:
    """The course as the platform has it. Raises NotAllowed, SetUpAlready."""
    place = transaction.platform_course(launched.registration, launched.context)
    if place is None:
        raise NotAllowed("nobody was launched from that course")
    if place.course is not None:
        raise SetUpAlready(f"that course is {place.course} here")
    return place


def _roster(transaction: Transaction, course: str, states: Sequence[SourceState]) -> ListedRoster | None:
    """What the platform's roster told, where it is one of the sources."""
    for state in states:
        if state.is_roster:
            places = places_by(transaction, course, state.source)
            active = sum(places.values())
            return ListedRoster(
                source=state.source, learners=active, inactive=len(places) - active, as_of=state.as_of
            )
    return None

"""Rescoring by other rules: which schemes there are to choose from, what one would change, taking it on."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.errors import Mistakes
from lms_scoring.ports import Clock, KeptScheme, Store, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.foresee import Foreseen, foresee_rules
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer, SchemeShelf
from lms_scoring.services.signing import author_of, signature


class Rescoring:
    """Other rules for one course, for whoever sees all of it."""

    def __init__(self, store: Store, rules: CourseRules, shelf: SchemeShelf, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._shelf = shelf
        self._clock = clock

    def offered(self, visitor: Visitor) -> list[SchemeOffer]:
        """The shipped ones, then those that were ever kept here and can still be read; each once."""
        self._check(visitor)
        with self._store.reading() as transaction:
            kept = transaction.schemes()
        offers = {one.key: one for one in self._shelf.shipped}
        for scheme in kept:
            read = self._readable(scheme)
            if read is not None:
                offers.setdefault(read.key, read)
        return list(offers.values())

    def written(self, visitor: Visitor, text: str) -> SchemeOffer:
        """The scheme that somebody wrote. Raises SchemeMistakes."""
        self._check(visitor)
        return self._shelf.read(text)

    def foresee(self, visitor: Visitor, offer: SchemeOffer) -> Foreseen:
        """What the scheme would change; nothing is kept. Raises CannotBeDecided while cards of a course of
        many are still to be made by the rules taken on last."""
        self._check(visitor)
        rules = replace(self._rules, scheme=offer.scheme)
        return foresee_rules(rules, self._store, clock=self._clock, before=self._rules)

    def take_on(self, visitor: Visitor, offer: SchemeOffer, *, reason: str, seen: str) -> bool:
        """Pins the course to the scheme; False, and nothing is done, where it changes what was never shown.

        Raises CannotBeDecided without a reason, and as `foresee`.
        """
        self._check(visitor)
        signed = signature(author_of(visitor), reason)
        with self._store.reading() as transaction:
            course = transaction.course(self._rules.course)
        fingerprint = offer.scheme.fingerprint
        done = adopt(
            replace(course, scheme=fingerprint),
            KeptScheme(fingerprint=fingerprint, name=offer.scheme.id, text=offer.text),
            replace(self._rules, scheme=offer.scheme),
            self._store,
            clock=self._clock,
            signed=signed,
            before=self._rules,
            seen=seen,
        )
        return done is not None

    def _check(self, visitor: Visitor) -> None:
        with self._store.reading() as transaction:
            whole_view(
                transaction,
                self._rules.course,
                visitor,
                refusal="other rules are for coordinators and administrators",
            )

    def _readable(self, kept: KeptScheme) -> SchemeOffer | None:
        """A text that this program reads as other rules, or not at all, is not offered."""
        try:
            read = self._shelf.read(kept.text)
        except Mistakes:
            return None
        return read if read.scheme.fingerprint == kept.fingerprint else None

"""A preview of other rules as its page shows it: what they say otherwise, and who would flip, by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scheme_sentences import role_sentence, total_sentences, window_sentence
from lms_scoring.domain.scorecard import CardState
from lms_scoring.services.scoring.foresee import Flip, Foreseen
from lms_scoring.words import blank_after_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that two schemes say otherwise; None where one of them does not say it.

    `about` is a role and what of it, in the language of the sentences.
    """

    about: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFlips:
    """Who would flip in one class: those who would pass no longer first, then by name."""

    class_: str | None
    flips: Sequence[Flip]


@dataclass(frozen=True, slots=True, kw_only=True)
class RescorePage:
    """What the page shows of a preview."""

    foreseen: Foreseen
    passing: int
    falling: int
    classes: Sequence[ClassFlips]
    differences: Sequence[Difference]

    @property
    def banded(self) -> int:
        """How many would only get another band."""
        return len(self.foreseen.flips) - self.passing - self.falling

    @property
    def states(self) -> Mapping[CardState, tuple[int, int]]:
        """How many learners stand how, before and after."""
        before, after = self.foreseen.before, self.foreseen.states
        counts = {state: (before.get(state, 0), after.get(state, 0)) for state in CardState}
        return {state: pair for state, pair in counts.items() if any(pair)}


def rescore_page(foreseen: Foreseen, now: Scheme, *, language: str, roles: Mapping[str, str]) -> RescorePage:
    """The page of a preview; `roles` are what roles are called in the language."""
    by_class: dict[str | None, list[Flip]] = {}
    for flip in foreseen.flips:
        by_class.setdefault(flip.class_, []).append(flip)
    return RescorePage(
        foreseen=foreseen,
        passing=sum(flip.passes for flip in foreseen.flips),
        falling=sum(flip.falls for flip in foreseen.flips),
        classes=[
            ClassFlips(class_=class_, flips=sorted(flips, key=_worst_first))
            for class_, flips in sorted(by_class.items(), key=lambda item: item[0] or "")
        ],
        differences=list(differences(now, foreseen.rules.scheme, language=language, roles=roles)),
    )


def differences(
    before: Scheme, after: Scheme, *, language: str, roles: Mapping[str, str]
) -> Iterator[Difference]:
    """What the two say otherwise, sentence by sentence."""
    windows = (window_sentence(before, language), window_sentence(after, language))
    if windows[0] != windows[1]:
        yield Difference(about="", before=windows[0], after=windows[1])
    for role in dict.fromkeys((*before.roles, *after.roles)):
        said = [_said(scheme.roles.get(role), language) for scheme in (before, after)]
        for about in dict.fromkeys((*said[0], *said[1])):
            pair = [sentences.get(about) for sentences in said]
            if pair[0] != pair[1]:
                name = f"{roles[role.value]} · {about}" if about else roles[role.value]
                yield Difference(about=name, before=pair[0], after=pair[1])


def _said(rules: RoleScheme | None, language: str) -> dict[str, str]:
    """The sentences of a role by what they are about; nothing is what is about the role as a whole."""
    if rules is None:
        return {}
    whole = [role_sentence(rules, language), *total_sentences(rules, language)]
    sentences = {"": blank_after_sentence(language).join(whole)}
    for criterion in rules.criteria:
        sentences[criterion.name.in_(language)] = criterion.rule.sentence(language, criterion.max)
    return sentences


def _worst_first(flip: Flip) -> tuple[bool, bool, str, str]:
    return (not flip.falls, not flip.passes, flip.name, flip.person)

"""Laws of what is told while cases are open: nothing told as final hangs on how they are decided."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.outlook import Questions, Stand, look_ahead, stand_of, told_state
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score
from tests.given import (
    AFTER,
    DAY,
    DUE,
    LI,
    decided,
    homework,
    journal,
    main_scheme,
    membership,
    scheme_with,
    topics,
    watch,
)
from tests.property.drawn import distinct, evidence, schemes
from tests.property.going_ways import Records, known

ENOUGH: list[Any] = [membership(), watch(minutes=750), journal(), homework(grade=Grade.PASS), *topics(4)]
"""Just at the pass mark of the main scheme."""
ANOTHER_COUNTS: list[Any] = [
    *(membership(), watch(minutes=750), journal(), *topics(10)),
    homework("first", at=DUE - 2 * DAY, grade=Grade.EXCELLENT),
    homework("latest", at=DUE - DAY, grade=Grade.FAIL),
]
"""The same where the latest attempt counts: without it there were more points, without a post too few."""
THREE: list[Any] = [
    *ANOTHER_COUNTS[:3],
    *topics(9),
    *ANOTHER_COUNTS[-2:],
    homework("last", at=DUE - HOUR, grade=Grade.EXCELLENT),
]
"""The last attempt is as good as the first; the one between them has a point too few."""
LATEST = scheme_with("homework", take=Take.LATEST)
EVERYTHING, NOTHING = 2**14 - 1, 0
OF_A_POST, OF_LATEST = 1 << 1, 1 << 12
OF_BOTH, OF_LAST = 1 << 11 | 1 << 12, 1 << 12
"""Of the second and the third of `THREE`, which has a topic less before them."""


@given(
    schemes(),
    evidence(decided=False),
    st.sampled_from((Fraction(1, 2), Fraction(1), Fraction(3, 2))),
    st.integers(NOTHING, EVERYTHING),
    st.integers(NOTHING, EVERYTHING),
    st.booleans(),
)
@example(main_scheme(), ENOUGH, Fraction(1), EVERYTHING, 0b100, False)
@example(main_scheme(), ENOUGH, Fraction(1), EVERYTHING, EVERYTHING, False)
@example(LATEST, ANOTHER_COUNTS, Fraction(1), OF_LATEST, OF_A_POST, False)
@example(LATEST, ANOTHER_COUNTS, Fraction(9, 8), NOTHING, OF_LATEST, False)
@example(LATEST, THREE, Fraction(80, 89), OF_BOTH, OF_LAST, False)
@example(LATEST, ANOTHER_COUNTS, Fraction(1), NOTHING, OF_LATEST, True)
def test_what_is_told_as_final_is_the_same_however_open_cases_are_decided(
    scheme: Scheme, records: Records, share: Fraction, doubted: int, voided: int, upheld: bool
) -> None:
    """Some posts and works are doubted, and some of these are voided; the pass mark lies at a share of the
    points that there are. Bits choose among the posts and works, in their order. Where an objection is
    `upheld`, they were voided and count again."""
    there = distinct(known(records, AFTER))
    own = [one for one in there if isinstance(one, ev.Submission | ev.Post) and one.person == LI]
    cases = frozenset(
        (ev.KIND_OF[type(one)], one.id) for place, one in enumerate(own) if (doubted | voided) >> place & 1
    )
    decisions = [
        decided(ev.Action.VOID, one, at=AFTER, id_=f"d{place}")
        for place, one in enumerate(own)
        if voided >> place & 1
    ]
    before, after = of_li(there), of_li([*there, *decisions])
    if upheld:
        before, after = after, before
    card = score(scheme, before)
    harder = with_mark(scheme, card.total * share)
    card, then = score(harder, before), score(harder, after)
    outlook = look_ahead(harder, before, card, cases=cases)
    if told_state(card.state, outlook.standing).is_final:
        assert then.state is card.state
    for result, changed in zip(card.criteria, then.criteria, strict=True):
        if stand_of(result, None, Questions(cases=cases)) in (Stand.FULL, Stand.FINAL):
            assert changed.points == result.points


def of_li(records: Records) -> Dossier:
    """What Li has as a learner."""
    places = dossiers(records, as_of=AFTER)
    return next(one for one in places if (one.membership.person, one.membership.role) == (LI, Role.LEARNER))


def with_mark(scheme: Scheme, mark: Fraction) -> Scheme:
    """The scheme with another pass mark for learners."""
    rules = replace(scheme.roles[Role.LEARNER], pass_mark=mark)
    return replace(scheme, roles={**scheme.roles, Role.LEARNER: rules})

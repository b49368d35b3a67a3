"""Laws of what is told while cases are open: nothing told as final hangs on how they are decided."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import Questions, Stand, look_ahead, stand_of, told_state
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score
from tests import given as some
from tests.given import LI
from tests.property.drawn import distinct, evidence, moments, schemes
from tests.property.going_ways import Records, known


@given(schemes(), evidence(decided=False), moments, st.data())
def test_what_is_told_as_final_is_the_same_however_open_cases_are_decided(
    scheme: Scheme, records: Records, as_of: int, data: st.DataObject
) -> None:
    """Some of the doubted records are voided, all of them, or none."""
    there = distinct(known(records, as_of))
    own: Records = [one for one in there if isinstance(one, ev.Submission | ev.Post) and one.person == LI]
    doubted = data.draw(st.lists(st.sampled_from(own), unique_by=id)) if own else []
    voided = data.draw(st.lists(st.sampled_from(doubted), unique_by=id)) if doubted else []
    check(scheme, there, doubted, voided, as_of=as_of)


def check(scheme: Scheme, there: Records, doubted: Records, voided: Records, *, as_of: int) -> None:
    cases = frozenset((ev.KIND_OF[type(one)], one.id) for one in doubted)
    decisions = [
        some.decided(ev.Action.VOID, one, at=as_of, id_=f"d{number}") for number, one in enumerate(voided)
    ]
    for before, after in zip(
        dossiers(there, as_of=as_of), dossiers([*there, *decisions], as_of=as_of), strict=True
    ):
        if before.membership.person != LI or before.membership.role is not Role.LEARNER:
            continue
        card, then = score(scheme, before), score(scheme, after)
        outlook = look_ahead(scheme, before, card, cases=cases)
        if told_state(card.state, outlook.standing).is_final:
            assert then.passed == card.passed
        for result, changed in zip(card.criteria, then.criteria, strict=True):
            if stand_of(result, None, Questions(cases=cases)) in (Stand.FULL, Stand.FINAL):
                assert changed.points == result.points

"""Laws of a card's page: what its ledgers list, day by day, adds up to the score it shows."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.outlook import Outlook, look_ahead
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scorecard_json import card_fields, card_of
from lms_scoring.domain.scoring import score
from lms_scoring.ports import KeptCourse
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card.status_page import StatusPage, status_page
from tests.given import AFTER
from tests.property.drawn import evidence, moments, schemes

ZONE = ZoneInfo("Asia/Shanghai")


def pages(scheme: Scheme, records: list[ev.Record], *, as_of: int) -> Iterable[StatusPage]:
    """The page of everybody's card, as it comes out of the store."""
    for dossier in dossiers(records, as_of=as_of):
        if dossier.membership.role not in scheme.roles:
            continue
        card = score(scheme, dossier)
        yield status_page(_status(scheme, dossier.membership, card, look_ahead(scheme, dossier, card)), ZONE)


def _status(scheme: Scheme, membership: ev.Membership, card: Scorecard, outlook: Outlook) -> Status:
    return Status(
        course=KeptCourse(id="c", title="C", scheme=scheme.fingerprint, settings=""),
        scheme=scheme,
        rules=scheme.roles[card.role],
        person=KnownPerson(id=card.person, name="", accounts=()),
        membership=membership,
        card=card_of(card_fields(card, findings=True)),
        history=(),
        activities={},
        names={},
        synced_at=None,
        outlook=outlook,
    )


@given(schemes(), evidence(), moments | st.just(AFTER))
def test_the_days_of_all_ledgers_add_up_to_the_score(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for page in pages(scheme, records, as_of=as_of):
        scale = page.status.rules.scale
        listed = [day.points for part in page.parts for day in part.days]
        assert sum(listed, Fraction(0)) * scale == page.status.card.total
        assert page.sum * scale == page.status.card.total


@given(schemes(), evidence(), moments | st.just(AFTER))
def test_the_minutes_of_the_days_are_the_study_time(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for page in pages(scheme, records, as_of=as_of):
        for part in page.parts:
            if part.minutes is not None:
                (told,) = (one.value for one in part.result.figures if one.name == "study_time")
                assert told in (None, part.minutes.counted)


@given(schemes(), evidence(), moments | st.just(AFTER))
def test_the_totals_that_are_named_never_fall(scheme: Scheme, records: list[ev.Record], as_of: int) -> None:
    for page in pages(scheme, records, as_of=as_of):
        assert page.needs is not None
        outlook = page.needs.outlook
        assert outlook.so_far == page.status.card.total
        assert outlook.if_nothing_more <= outlook.with_marking
        assert list(page.needs.dates) == sorted(page.needs.dates, key=lambda date: date.at)

"""What a card was read from: its fingerprints, whatever the order and however often it was said."""

from fractions import Fraction

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.scoring import scorecards
from tests.given import (
    AFTER,
    END,
    LI,
    card,
    decided,
    homework,
    journal,
    main_scheme,
    membership,
    recommendation,
    reported,
    topic,
    tutor,
    unknown,
    watch,
)


def fingerprint(*records: ev.Record, role: Role = Role.LEARNER) -> str:
    return card(records, role=role).evidence


def test_the_evidence_fingerprint_changes_with_any_record_the_card_reads() -> None:
    plain: list[ev.Record] = [
        membership(),
        watch(),
        reported(),
        homework(),
        topic(),
        unknown(),
        decided(ev.Action.VOID, topic()),
    ]
    prints = {fingerprint(*plain)}
    for number in range(1, len(plain)):
        prints.add(fingerprint(*plain[:number], *plain[number + 1 :]))
    assert len(prints) == len(plain)


def test_what_vanished_is_different_evidence() -> None:
    assert fingerprint(membership(), topic()) != fingerprint(membership(), topic(gone_at=END))


def test_somebody_elses_evidence_is_not_in_the_fingerprint() -> None:
    own: list[ev.Record] = [membership(), topic()]
    assert (
        fingerprint(*own) == card([*own, membership("zhao"), topic("z", person="zhao")], person=LI).evidence
    )


def test_the_card_names_scheme_and_instant() -> None:
    found = card([membership()])
    assert found.scheme == main_scheme().fingerprint
    assert (found.as_of, found.out_of, found.pass_mark) == (AFTER, Fraction(100), Fraction(80))


def test_a_tutors_fingerprint_covers_the_class() -> None:
    base: list[ev.Record] = [
        tutor(),
        membership(),
        homework(),
        recommendation(),
        decided(ev.Action.VOID, journal()),
    ]
    withdrawn = membership(status=MembershipStatus.WITHDRAWN)
    prints = [
        fingerprint(*base, role=Role.TUTOR),
        fingerprint(tutor(), withdrawn, *base[2:], role=Role.TUTOR),
        *(fingerprint(*base[:n], *base[n + 1 :], role=Role.TUTOR) for n in range(2, len(base))),
    ]
    assert len(set(prints)) == len(prints)


def test_a_record_said_twice_counts_once() -> None:
    records: list[ev.Record] = [membership(), watch(), reported(), homework(), journal(), topic()]
    assert scorecards(main_scheme(), [*records, *records], as_of=AFTER) == [card(records)]

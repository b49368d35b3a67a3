"""Who signs, and who is meant: reasons are said, and names alone mean nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.identity import KnownPerson, account, mbox
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.step import LONGEST_WORDS
from lms_scoring.ports import Visitor
from lms_scoring.services.access.find_person import AT_MOST, could_be, meant, sought
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.signing import Signature, author_of, signature
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import COURSE, ScriptedSource, StandingClock, roster, synced, told
from tests.given import membership

LI = KnownPerson(
    id="moodle-3", name="李娜", accounts=(account("https://moodle", "lina"), mbox("li.na@example.org"))
)
OTHER = KnownPerson(id="moodle-30", name="李娜", accounts=(account("https://moodle", "lina2"),))


def test_a_reason_is_kept_without_what_surrounds_it() -> None:
    assert signature("moodle-3", "  ill for a week \n") == Signature(by="moodle-3", reason="ill for a week")


NONE = [
    ("moodle-3", " \n", Obstacle.NO_REASON, "needs a reason that others can read later"),
    ("moodle-3", "x" * 2_001, Obstacle.TOO_LONG, "at most 2000 characters; this one has 2001"),
    ("operator: ", "ill", Obstacle.NAMELESS, "wants a name behind it, such as operator:office"),
]


@pytest.mark.parametrize(("by", "reason", "why", "said"), NONE, ids=[why for _, _, why, _ in NONE])
@pytest.mark.parametrize("sign", [signature, lambda by, reason: Signature(by=by, reason=reason)])
def test_what_says_nothing_or_too_much_is_no_signature(
    sign: Callable[[str, str], Signature], by: str, reason: str, why: Obstacle, said: str
) -> None:
    with pytest.raises(CannotBeDecided, match=said) as refused:
        sign(by, reason)
    assert refused.value.why is why


def test_the_longest_reason_is_kept() -> None:
    assert len(signature("operator:office", "x" * LONGEST_WORDS).reason) == LONGEST_WORDS


def test_who_is_signed_in_signs_as_that_person_or_as_the_operator() -> None:
    assert author_of(Visitor(person="moodle-3")) == "moodle-3"
    assert author_of(Visitor(person=None)) == "operator:administrator"


@pytest.mark.parametrize("given", ["moodle-3", "lina", "LI.NA@example.org"])
def test_an_exact_identity_means_one_person(given: str) -> None:
    assert meant([LI, OTHER], given) == ["moodle-3"]


def test_a_name_means_nobody_and_brings_up_everybody_who_has_it() -> None:
    assert meant([LI, OTHER], "李娜") == []
    assert could_be([OTHER, LI], "李娜") == [LI, OTHER]
    assert could_be([LI, OTHER], "moodle-30") == [OTHER]
    assert could_be([LI, OTHER], "  ") == []


def test_a_userauthor_of_several_platforms_means_all_of_them() -> None:
    elsewhere = KnownPerson(id="other-1", name="", accounts=(account("https://other", "lina"),))
    assert meant([elsewhere, LI], "lina") == ["moodle-3", "other-1"]


def test_who_is_in_two_courses_is_one_person_who_could_be_meant() -> None:
    store = MemoryStore()
    synced(store, roster("li", "liu"), told(membership("li"), membership("liu")))
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), id="second"))
    second = ScriptedSource([roster("li"), told(membership("li"))])
    collect("second", second, store, clock=StandingClock())
    assert [one.id for one in sought(store, "l").people] == ["li", "liu"]
    assert [one.id for one in sought(store, "l", course="second").people] == ["li"]
    exactly = sought(store, "liu")
    assert exactly.chosen is not None
    assert (exactly.chosen.id, exactly.people) == ("liu", ())


def test_no_more_people_are_shown_than_one_can_choose_from() -> None:
    many = [KnownPerson(id=f"moodle-{n}", name="李", accounts=()) for n in range(AT_MOST + 1)]
    assert len(could_be(many, "李")) == AT_MOST

"""Admitting: a launch becomes a visitor of one course, joined by exact identity alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.errors import ErasedPerson
from lms_scoring.domain.identity import KnownPerson, own_account
from lms_scoring.domain.launch import Context, GradeService, Launch, LaunchRoles, Message
from lms_scoring.domain.registration import Registration
from lms_scoring.ports import Launched
from lms_scoring.services.access.admit import Admitted, admit_within
from tests.contract.story import COURSE, LI, REGISTRATION, class_a, evidence_of
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import StandingClock

CLOCK = StandingClock(5_000)
MOODLE = replace(REGISTRATION, id=1, platform="moodle")
CLOUD = replace(
    REGISTRATION, id=2, issuer="https://cloud.example", auth_url="https://sso.cloud.example:8443/auth"
)


@pytest.fixture
def store() -> MemoryStore:
    """A synced course of a Moodle; that Moodle is registration 1, a platform in the cloud 2."""
    store = MemoryStore()
    with store.writing() as transaction:
        class_a(transaction)
        for registration in (MOODLE, CLOUD):
            transaction.keep_registration(replace(registration, id=0), at=1)
    return store


def launch(**changes: Any) -> Launch:
    """A learner's launch of a Moodle's course 3."""
    plain = Launch(
        registration=1,
        message=Message.RESOURCE_LINK,
        deployment="2",
        subject="1",
        roles=LaunchRoles(learner=True),
        target="https://here.example/lti/launch",
        skew=0,
        context=Context(id="3", title="课程", label="C", history=("2", "1")),
    )
    return replace(plain, **changes)


def admitted(store: MemoryStore, registration: Registration = MOODLE, **changes: Any) -> Admitted:
    """Who came by such a launch."""
    came = launch(registration=registration.id, **changes)
    with store.writing() as transaction:
        return admit_within(transaction, came, registration, now=CLOCK.now())


def person(store: MemoryStore, id_: str) -> KnownPerson | None:
    with store.reading() as transaction:
        registered = transaction.subjects_of(2, [id_])
    return evidence_of(store, KnownPerson(id=id_, name="", accounts=())).person if registered else None


def test_a_moodles_user_is_the_person_that_the_sync_knows(store: MemoryStore) -> None:
    visitor = admitted(store).visitor
    assert visitor.person == LI.id
    with store.reading() as transaction:
        assert transaction.person_of(1, "1") == LI.id
        assert transaction.subjects_of(1, [LI.id]) == {LI.id: "1"}


def test_a_launch_does_not_rename_whom_the_sync_knows(store: MemoryStore) -> None:
    admitted(store, given_name="Another", family_name="Name")
    assert evidence_of(store, LI).person == LI


def test_a_user_whom_no_sync_named_yet_is_the_one_it_will_name(store: MemoryStore) -> None:
    assert admitted(store, subject="77").visitor.person == "moodle-77"


def test_a_visitor_of_a_platform_without_a_sync_is_a_person_of_its_own(store: MemoryStore) -> None:
    """Even where the subject is the user id of somebody else, elsewhere."""
    visitor = admitted(store, CLOUD, given_name="四", family_name="李").visitor
    assert visitor.person == "lti2-1"
    found = person(store, "lti2-1")
    assert found == KnownPerson(id="lti2-1", name="李四", accounts=("lti:2|1",))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"given_name": "Ann", "family_name": "Lee", "name": "A. L."}, "Ann Lee"),
        ({"name": "A. L."}, "A. L."),
        ({"family_name": "-", "given_name": "Ann"}, "Ann"),
        ({"family_name": "-", "name": "A. L."}, "A. L."),
        ({}, ""),
    ],
)
def test_a_person_bears_the_name_that_the_launch_tells(
    store: MemoryStore, told: dict[str, str], name: str
) -> None:
    admitted(store, CLOUD, **told)
    found = person(store, "lti2-1")
    assert found is not None
    assert found.name == name


def test_whom_no_roster_of_the_platform_names_is_called_as_the_launch_says(store: MemoryStore) -> None:
    """Such as an administrator of the Moodle, who is enrolled nowhere."""
    admitted(store, subject="77", given_name="伟", family_name="陈")
    with store.reading() as transaction:
        assert transaction.names({"moodle-77"}) == {"moodle-77": "陈伟"}
    admitted(store, subject="77", given_name="Other")
    with store.reading() as transaction:
        assert transaction.names({"moodle-77"}) == {"moodle-77": "陈伟"}


def test_a_later_launch_without_a_name_takes_none_away(store: MemoryStore) -> None:
    admitted(store, CLOUD, name="Ann Lee")
    admitted(store, CLOUD)
    found = person(store, "lti2-1")
    assert found is not None
    assert found.name == "Ann Lee"


def test_what_the_launch_says_of_its_visitor_is_the_visitors(store: MemoryStore) -> None:
    roles = LaunchRoles(learner=True, staff=True, administrator=True)
    came = admitted(store, roles=roles, groups=frozenset({"5"}), for_user="9")
    assert came.visitor.launched == Launched(
        registration=1,
        context="3",
        subject="1",
        course=None,
        learner=True,
        staff=True,
        administrator=True,
        groups=frozenset({"5"}),
        for_subject="9",
        frames=("https://moodle.example",),
        deployment="2",
    )
    assert came.visitor.roles == ()


def test_a_course_that_was_set_up_is_the_visitors_course(store: MemoryStore) -> None:
    first = admitted(store)
    assert first.platform_course is not None
    with store.writing() as transaction:
        transaction.keep_platform_course(replace(first.platform_course, course=COURSE))
    again = admitted(store)
    assert again.visitor.launched is not None
    assert again.visitor.launched.course == COURSE
    assert again.platform_course == replace(first.platform_course, course=COURSE)


def test_the_same_context_of_another_platform_is_another_course(store: MemoryStore) -> None:
    first = admitted(store)
    assert first.platform_course is not None
    with store.writing() as transaction:
        transaction.keep_platform_course(replace(first.platform_course, course=COURSE))
    other = admitted(store, CLOUD)
    assert other.visitor.launched is not None
    assert other.visitor.launched.course is None


def test_what_the_launch_says_of_its_course_is_kept(store: MemoryStore) -> None:
    grades = GradeService(scopes=frozenset({"score"}), line_items="items", line_item="of the link, not ours")
    place = admitted(store, grades=grades, roster_url="roster").platform_course
    assert place is not None
    assert (place.title, place.deployment, place.history, place.seen_at) == ("课程", "2", ("2", "1"), 5_000)
    assert (place.line_items, place.line_item, place.roster_url) == ("items", None, "roster")
    assert place.own_line_item == "of the link, not ours"
    assert place.scopes == frozenset({"score"})
    bare = admitted(store, deployment="9", context=Context(id="3")).platform_course
    assert bare == replace(place, deployment="9")


def test_a_course_without_a_title_has_its_label(store: MemoryStore) -> None:
    place = admitted(store, context=Context(id="4", label="C 4")).platform_course
    assert place is not None
    assert place.title == "C 4"


def test_a_launch_without_a_context_leads_to_no_course(store: MemoryStore) -> None:
    came = admitted(store, context=None)
    assert came.platform_course is None
    assert came.visitor.person == LI.id
    assert came.visitor.launched is not None
    assert (came.visitor.launched.course, came.visitor.launched.context) == (None, "")
    with store.reading() as transaction:
        assert list(transaction.platform_courses()) == []


@pytest.mark.parametrize("registration", [MOODLE, CLOUD])
def test_a_test_user_is_nobody(store: MemoryStore, registration: Registration) -> None:
    roles = LaunchRoles(learner=True, test_user=True)
    visitor = admitted(store, registration, subject="55", roles=roles).visitor
    assert visitor.person is None
    assert visitor.launched is not None
    assert visitor.launched.subject == "55"
    with store.reading() as transaction:
        assert transaction.person_of(1, "55") is transaction.person_of(2, "55") is None


def test_frames_are_where_the_platform_and_its_sign_in_live(store: MemoryStore) -> None:
    launched = admitted(store, CLOUD).visitor.launched
    assert launched is not None
    assert launched.frames == ("https://cloud.example", "https://sso.cloud.example:8443")


def test_an_issuer_that_is_no_address_may_show_nothing(store: MemoryStore) -> None:
    odd = replace(CLOUD, issuer="canvas", auth_url="https://canvas.example/auth")
    launched = admitted(store, odd).visitor.launched
    assert launched is not None
    assert launched.frames == ("https://canvas.example",)


def test_who_was_erased_is_not_let_in_and_nothing_of_the_launch_is_kept(store: MemoryStore) -> None:
    with store.writing() as transaction:
        transaction.remember_erased({own_account(LI.id): "erased:1", "lti:2|u9": "erased:2"})
    for registration, subject in ((MOODLE, "1"), (CLOUD, "u9")):
        with pytest.raises(ErasedPerson):
            admitted(store, registration, subject=subject)
    with store.reading() as transaction:
        assert transaction.platform_courses() == []
        assert transaction.person_of(1, "1") is None

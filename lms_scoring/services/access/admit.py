"""Admitting: a believed launch becomes a visitor of one course, joined to the person we know.

Who somebody is comes from exact identity alone: the platform's subject, which is the user id at the platform
of the settings that the registration is joined to, or else a person of that registration and no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.addresses import origins_of
from lms_scoring.domain.errors import ErasedPerson
from lms_scoring.domain.identity import KnownPerson, own_account, person_name
from lms_scoring.domain.launch import Launch
from lms_scoring.domain.registration import Registration, account_of_subject, person_of_subject
from lms_scoring.ports import Launched, PlatformCourse, Store, Transaction, Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who came, and from which course; `platform_course` is None where the platform named none."""

    visitor: Visitor
    platform_course: PlatformCourse | None


def admit_within(
    transaction: Transaction, launch: Launch, registration: Registration, *, now: int
) -> Admitted:
    """Keeps what the launch tells of its course and its visitor, and says what the visitor is here.

    Raises ErasedPerson, and SealBroken where nobody can tell who was erased.
    """
    _check_not_erased(transaction, launch, registration)
    place = _platform_course(transaction, launch, now=now)
    person = None if launch.roles.test_user else _person(transaction, launch, registration, now=now)
    launched = Launched(
        registration=launch.registration,
        context="" if place is None else place.context,
        subject=launch.subject,
        course=None if place is None else place.course,
        learner=launch.roles.learner,
        staff=launch.roles.staff,
        administrator=launch.roles.administrator,
        groups=launch.groups,
        for_subject=launch.for_user,
        frames=frames_of(registration),
        deployment=launch.deployment,
        locale=launch.locale,
    )
    return Admitted(visitor=Visitor(person=person, launched=launched), platform_course=place)


def person_asked_for(store: Store, launched: Launched) -> str | None:
    """Our id of whose work a gradebook's reader asked for; None where the launch names nobody."""
    if launched.for_subject is None:
        return None
    with store.reading() as transaction:
        person = transaction.person_of(launched.registration, launched.for_subject)
        if person is not None:
            return person  # else the platform's roster names somebody who never opened the tool
        return person_of_subject(transaction.registration(launched.registration), launched.for_subject)


def frames_of(registration: Registration) -> tuple[str, ...]:
    """The origins whose pages may show us in a frame: where the platform and its login live."""
    return origins_of(registration.issuer, registration.auth_url)


def _platform_course(transaction: Transaction, launch: Launch, *, now: int) -> PlatformCourse | None:
    if launch.context is None:
        return None
    grades = launch.grades
    transaction.keep_platform_course(
        PlatformCourse(
            registration=launch.registration,
            context=launch.context.id,
            title=launch.context.title or launch.context.label,
            course=None,
            deployment=launch.deployment,
            line_items=None if grades is None else grades.line_items,
            own_line_item=None if grades is None else grades.line_item,
            roster_url=launch.roster_url,
            scopes=frozenset() if grades is None else grades.scopes,
            history=launch.context.history,
            seen_at=now,
        )
    )
    return transaction.platform_course(launch.registration, launch.context.id)


def _person(transaction: Transaction, launch: Launch, registration: Registration, *, now: int) -> str:
    """Our id of the visitor. Somebody seen for the first time becomes known under the launch's name; so does
    whom no roster of the platform names, such as its administrators."""
    person = person_of_subject(registration, launch.subject)
    if registration.platform is None:
        account = account_of_subject(registration, launch.subject)
        transaction.keep_people([KnownPerson(id=person, name=_name(launch), accounts=(account,))])
    elif not transaction.names({person}).get(person):
        transaction.keep_people([KnownPerson(id=person, name=_name(launch), accounts=())])
    transaction.keep_subject(registration.id, launch.subject, person, at=now)
    return person


def _check_not_erased(transaction: Transaction, launch: Launch, registration: Registration) -> None:
    known_by = [
        own_account(person_of_subject(registration, launch.subject)),
        account_of_subject(registration, launch.subject),
    ]
    if transaction.erased(known_by):
        raise ErasedPerson("whoever comes was erased here, and nothing of the launch is kept")


def _name(launch: Launch) -> str:
    built = person_name(family=launch.family_name or "", given=launch.given_name or "")
    return built or launch.name or ""

"""Registrations, launches under way and courses of platforms in the memory store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from lms_scoring.domain.errors import StoreError, UnknownRegistration
from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.ports import MOST_UNDER_WAY, PlatformCourse, SealedKey
from tests.fakes.memory_store.area import Area

AT_ONCE = {"line_items", "scopes"}
"""What a launch tells together."""


class Launching(Area):
    """Who may launch us, and from where."""

    def keep_registration(self, registration: Registration, *, at: int) -> int:
        for id_, other in self.state.registrations.items():
            same = (other.issuer, other.client_id) == (registration.issuer, registration.client_id)
            if same and id_ != registration.id:
                raise StoreError("registered already")
        if registration.id:
            self.registration(registration.id)
        number = registration.id or max(self.state.registrations, default=0) + 1
        self.state.registrations[number] = replace(registration, id=number)
        self.state.registered_at[number] = at
        return number

    def disable_waiting(self, *, before: int) -> None:
        for number, found in self.state.registrations.items():
            if found.standing is Approval.PENDING and self.state.registered_at[number] < before:
                self.state.registrations[number] = replace(found, standing=Approval.DISABLED)

    def registrations(self) -> Sequence[Registration]:
        return [self.state.registrations[id_] for id_ in sorted(self.state.registrations)]

    def registration(self, registration: int) -> Registration:
        if registration not in self.state.registrations:
            raise UnknownRegistration(str(registration))
        return self.state.registrations[registration]

    def forget_registration(self, registration: int) -> bool:
        self.registration(registration)
        if any(registration == by for by, _ in (*self.state.platform_courses, *self.state.subjects)):
            return False
        del self.state.registrations[registration]
        return True

    def meet_deployment(self, registration: int, deployment: str, *, at: int) -> None:
        found = self.registration(registration)
        deployments = {deployment: Approval.PENDING, **found.deployments}
        self.state.registrations[registration] = replace(found, deployments=deployments)

    def keep_own_keys(self, keys: Sequence[SealedKey]) -> None:
        self.state.own_keys = sorted(keys, key=lambda key: (key.made_at, key.id))

    def own_keys(self) -> Sequence[SealedKey]:
        return self.state.own_keys

    def keep_state(self, digest: str, state: LaunchState) -> None:
        self.state.launch_states = {
            other: kept
            for other, kept in self.state.launch_states.items()
            if kept.expires_at >= state.expires_at - 60 * 60 * 1000
        }
        self.state.launch_states.setdefault(digest, state)
        states = self.state.launch_states
        theirs = [other for other, kept in states.items() if kept.registration == state.registration]
        theirs.sort(key=lambda other: -states[other].expires_at)
        for other in theirs[MOST_UNDER_WAY:]:
            del states[other]

    def take_state(self, digest: str) -> LaunchState | None:
        return self.state.launch_states.pop(digest, None)

    def keep_platform_course(self, course: PlatformCourse) -> None:
        self.registration(course.registration)
        key = (course.registration, course.context)
        former = self.state.platform_courses.get(key)
        if former is not None:
            told = {
                one.name for one in fields(course) if getattr(course, one.name) not in (None, (), frozenset())
            }
            if told & AT_ONCE:
                told |= AT_ONCE
            later = {name: getattr(course, name) for name in told}
            course = replace(former, **{**later, "seen_at": max(former.seen_at, course.seen_at)})
        self.state.platform_courses[key] = course

    def platform_course(self, registration: int, context: str) -> PlatformCourse | None:
        return self.state.platform_courses.get((registration, context))

    def platform_courses(self, course: str | None = None) -> Sequence[PlatformCourse]:
        keys = sorted(self.state.platform_courses)
        found = [self.state.platform_courses[key] for key in keys]
        return [one for one in found if one.course == course]

    def keep_subject(self, registration: int, subject: str, person: str, *, at: int) -> None:
        self.state.subjects[registration, subject] = (at, person)

    def forget_subjects(self, registration: int) -> None:
        for key in [key for key in self.state.subjects if key[0] == registration]:
            del self.state.subjects[key]

    def person_of(self, registration: int, subject: str) -> str | None:
        return self.state.subjects.get((registration, subject), (0, None))[1]

    def subjects_of(self, registration: int, persons: Sequence[str]) -> Mapping[str, str]:
        seen = sorted(
            (at, subject, person)
            for (where, subject), (at, person) in self.state.subjects.items()
            if where == registration and person in persons
        )
        return {person: subject for _, subject, person in seen}

"""The sources of a course, made ready to be pulled: platforms of the settings, files, platforms' rosters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from adapters.counted import Counted
from adapters.lti.names_and_roles import NamesAndRoles
from adapters.lti.roster_check import RosterCheck
from adapters.lti.roster_source import RosterSource
from adapters.lti.service import Service
from adapters.moodle.activity_kinds import MoodleActivityKinds
from adapters.moodle.client import MoodleClient
from adapters.moodle.source import MoodleSource
from adapters.roster_file.source import RosterFile
from adapters.xapi.authorities import Believed
from adapters.xapi.client import XapiClient
from adapters.xapi.files import XapiFiles
from adapters.xapi.set_aside import StatementTexts
from adapters.xapi.source import XapiSource
from lms_scoring.domain.errors import UnknownPlatform
from lms_scoring.domain.identity import NameKind
from lms_scoring.domain.registration import ROSTER_PREFIX, Registration, roster_name
from lms_scoring.files.course_file import CourseFile, Source, SourceKind, parse_course
from lms_scoring.files.settings import Platform
from lms_scoring.platform_clients import PlatformClients
from lms_scoring.ports import (
    ActivityKinds,
    Clock,
    EvidenceSource,
    PlatformCourse,
    SourceOrder,
    SourceSettings,
    Store,
    TextReader,
)
from lms_scoring.services.collecting.left_out import erased_among
from lms_scoring.services.collecting.rosters import PlatformRoster, may_read, places_by, rosters_of

ACTIVITY_KINDS: Mapping[str, ActivityKinds] = {SourceKind.MOODLE: MoodleActivityKinds()}
"""What platforms know of their kinds of activities, by the kind of source; the others list no activities."""


class CourseSources:
    """Makes sources; nothing is asked of them yet."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        folder: Path,
        clients: PlatformClients,
        service: Service,
        given_numbers: Collection[str] = (),
    ) -> None:
        """`folder` is where the relative paths of course files begin; `service` asks LTI platforms;
        `given_numbers` as the settings have them."""
        self._store = store
        self._clock = clock
        self._folder = folder
        self._clients = clients
        self._service = service
        self._given_numbers = given_numbers

    def of(self, course: str) -> list[EvidenceSource]:
        """Those of a course as adopted, in their order. Raises UnknownCourse."""
        return [self.source(course, name) for name in self.order(course).names]

    def order(self, course: str) -> SourceOrder:
        """An LTI platform whose Moodle is none of them tells who takes part, so it is asked first; where the
        Moodle is one, the roster is held against it, and so comes last. Raises UnknownCourse."""
        file = self._file(course)
        rosters = self._rosters(file)
        last = [one.source for one in rosters if one.joined]
        return SourceOrder(
            names=(
                *(one.source for one in rosters if not one.joined),
                *(source.name for source in file.sources),
                *last,
            ),
            last=frozenset(last),
        )

    def source(self, course: str, name: str) -> EvidenceSource:
        """One of them. Raises UnknownCourse, UnknownPlatform, UnknownRegistration."""
        file = self._file(course)
        named = {source.name: source for source in file.sources}
        if name in named:
            return self._made(named[name], course, named)
        for one in self._rosters(file):
            if one.source == name:
                return self._roster(course, one.registration, one.place, named)
        raise UnknownPlatform(f"course {course} is read from no source {name!r}")

    def text_reader(self, course: str, name: str) -> TextReader | None:
        """What reads single records of the source from their texts; None: only with all that belongs to them.

        Raises UnknownCourse.
        """
        kinds = {source.name: source.kind for source in self._file(course).sources}
        match kinds.get(name):
            case SourceKind.XAPI:
                return StatementTexts(_believed(self._clients.platform(name)))
            case SourceKind.STATEMENTS:
                return StatementTexts()
            case (
                SourceKind.MOODLE | SourceKind.ROSTER | SourceKind.LTI | None
            ):  # None: a platform's own roster
                return None

    def kind_of(self, platform: str) -> str:
        """What a platform is, as course files say it, that the people of a registration are those of."""
        return SourceKind.MOODLE.value  # whatever its name: registrations are joined to no others

    def first(self, course: str, settings: SourceSettings) -> EvidenceSource:
        """One of a course that nobody set up yet. Raises UnknownPlatform, UnknownRegistration."""
        source = Source(
            name=settings.name,
            kind=SourceKind(settings.kind),
            course=settings.course,
            grades=settings.grades,
        )
        return self._made(source, course, {source.name})

    def _file(self, course: str) -> CourseFile:
        with self._store.reading() as transaction:
            kept = transaction.course(course)
        return _parsed(kept.settings, course, self._folder)

    def _rosters(self, file: CourseFile) -> list[PlatformRoster]:
        """Those of platforms that launch the course, but for the ones that the file names itself."""
        named = {source.name for source in file.sources}
        with self._store.reading() as transaction:
            found = rosters_of(transaction, file.id, named)
        return [one for one in found if one.source not in named]

    def _made(self, source: Source, course: str, named: Collection[str]) -> EvidenceSource:
        match source.kind:
            case SourceKind.STATEMENTS:
                return XapiFiles(name=source.name, paths=source.paths)
            case SourceKind.ROSTER:
                return RosterFile(name=source.name, path=source.paths[0])
            case SourceKind.LTI:
                return self._named_roster(source, course, named)
            case SourceKind.XAPI:
                platform = self._platform_of(source, course)
                http = self._clients.client(platform)
                xapi = XapiSource(name=source.name, client=XapiClient(http), believed=_believed(platform))
                return Counted(xapi, http)
            case SourceKind.MOODLE:
                return self._moodle(source, self._platform_of(source, course))

    def _moodle(self, source: Source, platform: Platform) -> EvidenceSource:
        http = self._clients.client(platform)
        moodle = MoodleSource(
            name=source.name,
            client=MoodleClient(http, token=platform.token or ""),
            course=source.course or "",
            grade_words=source.grades,
            roles=source.roles,
            clock=self._clock,
            given=self._given_at(source.name),
        )
        return Counted(moodle, http)

    def _given_at(self, source: str) -> Collection[NameKind]:
        """Of which names of its people the settings say that the institution gives these numbers."""
        return [kind for kind in NameKind if f"{source}.{kind}" in self._given_numbers]

    def _platform_of(self, source: Source, course: str) -> Platform:
        """Raises UnknownPlatform, also where the settings have another kind of platform under that name."""
        platform = self._clients.platform(source.name)
        if platform.kind.value != source.kind.value:
            raise UnknownPlatform(
                f"course {course}: its source {source.name!r} is of kind {source.kind}, and the platform of "
                f"that name in the settings of kind {platform.kind}; correct one of them"
            )
        return platform

    def _named_roster(self, source: Source, course: str, named: Collection[str]) -> EvidenceSource:
        """Raises UnknownRegistration."""
        number, context = int(source.name.removeprefix(ROSTER_PREFIX)), source.course or ""
        with self._store.reading() as transaction:
            registration = transaction.registration(number)
            place = transaction.platform_course(number, context)
        return self._roster(course, registration, place, named, context=context)

    def _roster(
        self,
        course: str,
        registration: Registration,
        place: PlatformCourse | None,
        named: Collection[str],
        *,
        context: str = "",
    ) -> EvidenceSource:
        names = NamesAndRoles(self._service)
        url = None if place is None or not may_read(registration, place) else place.roster_url
        platform = registration.platform
        if platform is None or platform not in named:
            known = context if place is None else place.context
            given = self._given_at(roster_name(registration.id))
            return RosterSource(names, registration, url=url, context=known, given=given)

        def places() -> Mapping[str, bool]:
            with self._store.reading() as transaction:
                return places_by(transaction, course, platform)

        def erased(people: Collection[str]) -> Collection[str]:
            with self._store.reading() as transaction:
                return erased_among(transaction, people)

        return RosterCheck(names, registration, url=url, platform=platform, places=places, erased=erased)


def _believed(platform: Platform) -> Believed:
    return Believed(lms=platform.authorities, videos=platform.video_authorities)


@lru_cache(maxsize=256)
def _parsed(text: str, course: str, folder: Path) -> CourseFile:
    """Once a process, since somebody looks every few seconds what is due."""
    return parse_course(text, name=course, folder=folder)

"""What courses are scored by: the schemes on offer, and the rules that files say or that were adopted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from lms_scoring.domain.errors import SchemeMistakes, UnknownCourse, UnknownScheme
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.files.course_scheme import scheme_of, shipped_scheme_files
from lms_scoring.files.scheme_file import SchemeFile, failing_examples, parse_scheme
from lms_scoring.ports import Clock, KeptCourse, KeptScheme, Store
from lms_scoring.services.collecting.rosters import rosters_of
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer
from lms_scoring.services.setting_up.new_course import Former
from lms_scoring.services.signing import Signature


class AdoptedRules(Mapping[str, CourseRules]):
    """The rules of all courses that are set up, read one by one: one that cannot be read spoils no other."""

    def __init__(self, store: Store, *, folder: Path) -> None:
        """`folder` is where the relative paths of course files begin."""
        self._store = store
        self._folder = folder

    def __getitem__(self, course: str) -> CourseRules:
        """Raises Mistakes and UnknownScheme where what the course was pinned to cannot be read."""
        try:
            return self.rules(course)
        except UnknownCourse as error:
            raise KeyError(course) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self.kept())

    def __len__(self) -> int:
        return len(self.kept())

    def kept(self) -> dict[str, KeptCourse]:
        """The courses by their ids."""
        with self._store.reading() as transaction:
            return {course.id: course for course in transaction.courses()}

    def rules(self, course: str) -> CourseRules:
        """The rules of one course; its sources with the rosters that were ever asked who learns.

        Raises UnknownCourse; Mistakes and UnknownScheme where what it was pinned to cannot be read.
        """
        with self._store.reading() as transaction:
            kept = transaction.course(course)
            rules = _adopted_rules(kept, transaction.scheme(kept.scheme), self._folder)
            found = rosters_of(transaction, course, rules.sources)
            rosters = {one.source for one in found if not one.joined}
            read = rosters & transaction.last_ends(course).keys() if rosters else rosters
        return replace(rules, sources=rules.sources | read) if read else rules

    def former(self, course: KeptCourse, scheme: KeptScheme) -> Former:
        """What a course was set up with, to set up another like it."""
        file = parse_course(course.settings, name=course.id, folder=self._folder)
        read = _adopted_rules(course, scheme, self._folder).scheme
        return Former(
            scheme=SchemeOffer(name=file.scheme, scheme=read, text=scheme.text),
            bindings=file.bindings,
            sources=frozenset(source.name for source in file.sources),
        )


def adopt_file(
    file: CourseFile,
    store: Store,
    *,
    folder: Path,
    clock: Clock,
    signed: Signature | None = None,
    before: CourseRules | None = None,
    seen: str | None = None,
) -> Assessed | None:
    """Pins a course to what its file says now, and scores it again; `folder` is where the path of its scheme
    begins.

    None, and nothing is done, where that changes something else than what was shown. Raises UnknownScheme,
    SchemeMistakes; CannotBeDecided where the course is closed, and while its cards are awaited.
    """
    scheme = scheme_of(file, folder)
    fingerprint = scheme.scheme.fingerprint
    return adopt(
        KeptCourse(id=file.id, title=file.title, scheme=fingerprint, settings=file.text),
        KeptScheme(fingerprint=fingerprint, name=scheme.scheme.id, text=scheme.text),
        rules_of_file(file, scheme),
        store,
        clock=clock,
        signed=signed,
        before=before,
        seen=seen,
    )


def shipped_schemes() -> list[SchemeOffer]:
    """The schemes that come with the program, by name."""
    return [
        SchemeOffer(name=name, scheme=file.scheme, text=file.text)
        for name, file in shipped_scheme_files().items()
    ]


def written_scheme(text: str) -> SchemeOffer:
    """The scheme that somebody wrote. Raises SchemeMistakes, failing worked examples among them."""
    file = parse_scheme(text, name="text")
    failing = failing_examples(file)
    if failing:
        raise SchemeMistakes("text", failing)
    return SchemeOffer(name=file.scheme.id, scheme=file.scheme, text=file.text)


@lru_cache(maxsize=256)
def _adopted_rules(course: KeptCourse, scheme: KeptScheme, folder: Path) -> CourseRules:
    """What a course was pinned to, read again: once a process, since every page asks for it.

    Raises UnknownScheme where this program reads the kept scheme as other rules than those adopted.
    """
    file = parse_course(course.settings, name=course.id, folder=folder)
    kept = parse_scheme(scheme.text, name=scheme.name)
    if kept.scheme.fingerprint != course.scheme:
        raise UnknownScheme(
            f"course {course.id}: this version of the program reads its scheme {scheme.name} as other rules "
            f"than those it was pinned to; see who would flip with `lms-scoring course apply {course.id}`"
        )
    return rules_of_file(file, kept)


def rules_of_file(file: CourseFile, scheme: SchemeFile) -> CourseRules:
    """All that a course file and its scheme say of how the course is read and scored."""
    return CourseRules(
        course=file.id,
        scheme=scheme.scheme,
        bindings=file.bindings,
        sources=frozenset(source.name for source in file.sources),
        source_kinds={source.name: source.kind.value for source in file.sources},
        doubts=file.doubts,
        disputes=file.disputes,
        schedule=file.schedule,
        losses=file.losses,
        settings=file.text,
        examples=tuple(example for _, example in scheme.examples),
    )

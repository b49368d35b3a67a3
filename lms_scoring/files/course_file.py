"""Course files: the sources a course draws on, its scheme, and what its activities count as."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.doubts import DoubtRules
from lms_scoring.domain.errors import CourseFileMistakes
from lms_scoring.domain.evidence import Grade, Purpose, Role
from lms_scoring.domain.losses import USUAL_LOSSES, LossRules
from lms_scoring.domain.proceedings.terms import DisputeTerms
from lms_scoring.domain.registration import ROSTER_PREFIX
from lms_scoring.domain.schedule import USUAL, Schedule
from lms_scoring.files.doubt_table import DisputesSchema, DoubtsSchema
from lms_scoring.files.losses_table import LossesSchema
from lms_scoring.files.schedule_table import ScheduleSchema
from lms_scoring.files.toml_file import (
    SOMETHING,
    loaded,
    named_twice,
    none_of,
    one_of,
    parsed,
    read_text,
    tables_in,
)

FORMAT = 1
_AN_ID = "must be small letters, digits and -, beginning with a letter or digit"
_A_ROSTER = re.compile(f"{ROSTER_PREFIX}[1-9][0-9]{{0,8}}")


class SourceKind(StrEnum):
    """What a source is: a platform of the settings, files that are named, or an LTI platform's roster."""

    MOODLE = "moodle"
    XAPI = "xapi"
    STATEMENTS = "statements"
    ROSTER = "roster"
    LTI = "lti"


_FILE_KINDS = (SourceKind.STATEMENTS, SourceKind.ROSTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place evidence comes from: a platform of the settings (`name`), files (`paths`), or the roster of the
    LTI platform whose registration is the number in `name` (`lti-1`).

    `course` is the course's id, idnumber or shortname at a Moodle, or its context's id at an LTI platform.
    `grades` says what the words of its marking scales mean, `roles` what its role shortnames are here.
    """

    name: str
    kind: SourceKind
    course: str | None = None
    paths: tuple[Path, ...] = ()
    grades: Mapping[str, Grade] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """A course as an institution sets it up; `scheme` names a scheme file of `config/schemes` or a path."""

    id: str
    title: str
    scheme: str
    sources: tuple[Source, ...]
    bindings: Bindings
    text: str
    schedule: Schedule = USUAL
    losses: LossRules = USUAL_LOSSES
    doubts: DoubtRules = field(default_factory=DoubtRules)
    disputes: DisputeTerms = field(default_factory=DisputeTerms)


def read_course(path: Path) -> CourseFile:
    """The course in a file; relative paths in it are from its folder. Raises CourseFileMistakes."""
    text = read_text(path, kind=CourseFileMistakes)
    return parse_course(text, name=str(path), folder=path.parent)


def parse_course(text: str, *, name: str, folder: Path) -> CourseFile:
    """The course in a text. Raises CourseFileMistakes with everything that is wrong."""
    tables = parsed(text, name, kind=CourseFileMistakes)
    file: dict[str, Any] = loaded(_FileSchema(), tables, name, kind=CourseFileMistakes, text=text)
    sources = tuple(
        Source(
            **{
                **source,
                "kind": SourceKind(source["kind"]),
                "paths": tuple(folder / path for path in source.get("paths", ())),
            }
        )
        for source in file["sources"]
    )
    return CourseFile(
        id=file["id"],
        title=file["title"],
        scheme=file["scheme"],
        sources=sources,
        bindings=Bindings(bindings=tuple(file.get("bindings", ()))),
        text=text,
        schedule=file.get("schedule", USUAL),
        losses=file.get("losses", USUAL_LOSSES),
        doubts=file.get("doubts", DoubtRules()),
        disputes=file.get("disputes", DisputeTerms()),
    )


class _Words(fields.Dict):
    """A table from a platform's words to ours."""

    def __init__(self, words: Any) -> None:
        known = {word.value: word for word in words}
        super().__init__(keys=fields.String(), values=fields.String(validate=one_of(known)))
        self._known = known

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        table: dict[str, str] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # marshmallow's own gap
        return {word: self._known[meaning] for word, meaning in table.items()}


class _SourceSchema(Schema):
    name = fields.String(required=True, validate=validate.Regexp("^[a-z0-9][a-z0-9-]*$", error=_AN_ID))
    kind = fields.String(required=True, validate=one_of(SourceKind))
    course = fields.String(validate=SOMETHING)
    paths = fields.List(fields.String(validate=SOMETHING), validate=SOMETHING)
    grades = _Words(Grade)
    roles = _Words(Role)

    @validates_schema(skip_on_field_errors=False)
    def _fitting(self, data: Mapping[str, Any], **_: Any) -> None:
        kind = data.get("kind")
        if kind == SourceKind.MOODLE and "course" not in data:
            raise ValidationError("which course? Its id, idnumber or short name at that Moodle", "course")
        if kind == SourceKind.LTI and "course" not in data:
            raise ValidationError("which course? Its context's id at that platform", "course")
        if kind == SourceKind.LTI and "name" in data and not _A_ROSTER.fullmatch(data["name"]):
            raise ValidationError("must be lti- and the number of the platform's registration", "name")
        if kind in _FILE_KINDS and "paths" not in data:
            raise ValidationError("which files or folders?", "paths")
        if kind == SourceKind.ROSTER and len(data.get("paths", ())) > 1:
            raise ValidationError("a roster is one file; name further ones as sources of their own", "paths")


class _BindingSchema(Schema):
    purpose = fields.String(required=True, data_key="as", validate=one_of(Purpose))
    source = fields.String(required=True)
    activities = fields.List(fields.String(validate=SOMETHING), required=True, validate=SOMETHING)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Binding:
        return Binding(
            purpose=Purpose(data["purpose"]),
            source=data["source"],
            activities=tuple(data["activities"]),
        )


class _FileSchema(Schema):
    format = fields.Integer(
        required=True, strict=True, validate=validate.Equal(FORMAT, error="must be {other}")
    )
    id = fields.String(required=True, validate=validate.Regexp("^[a-z0-9][a-z0-9-]*$", error=_AN_ID))
    title = fields.String(required=True, validate=SOMETHING)
    scheme = fields.String(required=True, validate=SOMETHING)
    sources = fields.List(fields.Nested(_SourceSchema), required=True, data_key="source", validate=SOMETHING)
    bindings = fields.List(fields.Nested(_BindingSchema), data_key="bind")
    schedule = fields.Nested(ScheduleSchema)
    losses = fields.Nested(LossesSchema)
    doubts = fields.Nested(DoubtsSchema)
    disputes = fields.Nested(DisputesSchema)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _hanging_together(self, _: Mapping[str, Any], given: Mapping[str, Any], **__: Any) -> None:
        """Looks at the file's own words, so that a mistake elsewhere hides nothing."""
        sources, bindings = tables_in(given, "source"), tables_in(given, "bind")
        names = dict.fromkeys(one["name"] for one in sources if _names(one, "name"))
        messages = {
            "source": named_twice(sources, "name", "source"),
            "bind": _misbound(bindings, list(names)),
        }
        if any(messages.values()):
            raise ValidationError({table: told for table, told in messages.items() if told})


def _misbound(bindings: Sequence[Any], sources: Sequence[str]) -> Mapping[int, Mapping[str, list[str]]]:
    """What tells of each binding to no source, or of what an earlier one binds already."""
    found: defaultdict[int, dict[str, list[str]]] = defaultdict(dict)
    first: dict[tuple[str, str], int] = {}
    for number, binding in enumerate(bindings):
        if not _names(binding, "source"):
            continue
        source, activities = binding["source"], tables_in(binding, "activities")
        if source not in sources:
            found[number]["source"] = [none_of(source, sources) if sources else "there is no source to name"]
        for activity in dict.fromkeys(one for one in activities if isinstance(one, str)):
            before = first.setdefault((source, activity), number)
            if before != number:
                told = f"{activity!r} is bound in bind[{before + 1}] already, and can count as one thing only"
                found[number].setdefault("activities", []).append(told)
    return found


def _names(table: Any, key: str) -> bool:
    return isinstance(table, Mapping) and isinstance(table.get(key), str)

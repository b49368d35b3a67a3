"""Scheme files: TOML to a checked scheme with its worked examples, every mistake reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates, validates_schema

from lms_scoring.domain import worked_example
from lms_scoring.domain.errors import Mistake, SchemeMistakes
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.domain.scheme import Band, Criterion, RoleScheme, Scheme, Window, Words
from lms_scoring.domain.scorecard import CardState
from lms_scoring.files.scheme_rules import GRADE_BY_WORD, RULES, rule_of
from lms_scoring.files.toml_file import (
    SOMETHING,
    Exact,
    in_order,
    loaded,
    messages_of,
    named_twice,
    one_of,
    parsed,
    read_text,
    tables_in,
    whole,
)

FORMAT = 1
_FIRST_YEAR, _LAST_YEAR = 1971, 9998

_AN_ID = "must be small letters, digits and - or _, beginning with a letter or digit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeFile:
    """A scheme, its worked examples with their places, and the text it was read from."""

    scheme: Scheme
    examples: tuple[tuple[str, worked_example.Example], ...]
    text: str


def read_scheme(path: Path) -> SchemeFile:
    """The scheme in a file. Raises SchemeMistakes, which lists everything that is wrong."""
    return parse_scheme(read_text(path, kind=SchemeMistakes), name=str(path))


def parse_scheme(text: str, *, name: str) -> SchemeFile:
    """The scheme in a text; `name` is what mistakes are reported under. Raises SchemeMistakes."""
    tables = parsed(text, name, kind=SchemeMistakes)
    file: dict[str, Any] = loaded(_FileSchema(), tables, name, kind=SchemeMistakes, text=text)
    roles = {role: file[role.value][0] for role in Role if role.value in file}
    scheme = Scheme(id=file["id"], title=file["title"], window=file["window"], roles=roles)
    examples = tuple(
        (f"{role.value}.example[{number}]", example)
        for role in roles
        for number, example in enumerate(file[role.value][1], start=1)
    )
    return SchemeFile(scheme=scheme, examples=examples, text=text)


def failing_examples(file: SchemeFile) -> tuple[Mistake, ...]:
    """Scores every worked example; what does not come out as promised."""
    failing = (
        Mistake(place=place, text=text)
        for place, example in file.examples
        for text in worked_example.faults(file.scheme, example)
    )
    return in_order(failing, file.text)


class _WordsSchema(Schema):
    zh = fields.String(required=True, validate=SOMETHING)
    en = fields.String(required=True, validate=SOMETHING)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Words:
        return Words(**data)


class _Day(fields.Field[date]):
    """A TOML date: 2024-10-25."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if type(value) is not date:
            raise ValidationError("must be a date such as 2024-10-25, without quotes or a time of day")
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValidationError(f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
        return value


class _WindowSchema(Schema):
    first = _Day(required=True)
    last = _Day(required=True)
    zone = fields.String(required=True)

    @validates("zone")
    def _known(self, value: str, **_: Any) -> None:
        if value not in available_timezones():
            near = did_you_mean(value, available_timezones())
            raise ValidationError(f"is not a time zone such as Asia/Shanghai{near}")

    @validates_schema(skip_on_field_errors=False)
    def _forward(self, data: Mapping[str, Any], **_: Any) -> None:
        if "first" in data and "last" in data and data["last"] < data["first"]:
            raise ValidationError("the last day lies before the first", "last")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Window:
        return Window(**data)


class _BandSchema(Schema):
    id = fields.String(required=True, validate=SOMETHING)
    from_ = Exact(required=True, data_key="from")
    name = fields.Nested(_WordsSchema, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Band:
        return Band(**data)


class _HandInField(fields.Field[worked_example.HandIn]):
    """`"excellent"`, `"unmarked"`, or either with ` late` behind it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> worked_example.HandIn:
        word, _, late = str(value).partition(" ")
        if word not in (*GRADE_BY_WORD, "unmarked") or late not in ("", "late"):
            near = did_you_mean(word, (*GRADE_BY_WORD, "unmarked"))
            raise ValidationError(
                f"must be a grade or unmarked, and perhaps late: {', '.join(GRADE_BY_WORD)}{near}"
            )
        return worked_example.HandIn(grade=GRADE_BY_WORD.get(word), late=bool(late))


class _ExampleSchema(Schema):
    minutes = Exact()
    homework = fields.List(_HandInField())
    journals = whole(0)
    topics = whole(0)
    replies = whole(0)
    handed_in = whole(0)
    marked = whole(0)
    bulletins = whole(0)
    recommended = whole(0)
    during = fields.Boolean()
    total = Exact(required=True)
    state = fields.String(required=True, validate=one_of(CardState))
    band = fields.String()
    could_become = Exact()
    points = fields.Dict(keys=fields.String(), values=Exact())


class _CriterionSchema(Schema):
    """A criterion; everything beyond these four belongs to its rule kind."""

    id = fields.String(required=True, validate=validate.Regexp("^[a-z][a-z0-9_]*$", error=_AN_ID))
    name = fields.Nested(_WordsSchema, required=True)
    max = Exact(required=True)
    rule = fields.Raw(required=True, error_messages={"required": f"is missing: one of {', '.join(RULES)}"})

    @validates("max")
    def _some(self, value: Fraction, **_: Any) -> None:
        if value == 0:
            raise ValidationError("must be more than 0")


class _CriterionField(fields.Field[Criterion]):
    """A criterion with its rule, whose kind decides which settings there may be."""

    schema = _CriterionSchema()
    """Of what every criterion has."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Criterion:
        if not isinstance(value, Mapping):
            raise ValidationError("must be a table")
        own = {key: value[key] for key in value if key in self.schema.fields}
        settings = {key: value[key] for key in value if key not in self.schema.fields}
        messages: dict[str, Any] = {}
        made = rule = None
        try:
            made = self.schema.load(own)
        except ValidationError as error:
            messages |= messages_of(error)
        if "rule" in value:
            try:
                rule = rule_of(value["rule"], settings, of_every_rule=list(self.schema.fields))
            except ValidationError as error:
                messages |= messages_of(error)
        if messages or made is None or rule is None:
            raise ValidationError(messages)
        return Criterion(id=made["id"], name=made["name"], max=made["max"], rule=rule)


class _RoleSchema(Schema):
    role: Role

    pass_mark = Exact(required=True, data_key="pass")
    scaled_to = Exact()
    advice = fields.List(fields.Nested(_WordsSchema))
    advised_daily_minutes = whole(1, 24 * 60)
    bands = fields.List(fields.Nested(_BandSchema), data_key="band")
    criteria = fields.List(_CriterionField(), required=True, data_key="criterion", validate=SOMETHING)
    examples = fields.List(fields.Nested(_ExampleSchema), data_key="example")

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _distinct(self, _: Mapping[str, Any], given: Any, **__: Any) -> None:
        """Looks at the file's own words, so that a mistake elsewhere hides nothing."""
        found = {table: named_twice(tables_in(given, table), "id", table) for table in ("criterion", "band")}
        messages = {table: told for table, told in found.items() if told}
        if messages:
            raise ValidationError(messages)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _reachable(self, data: Mapping[str, Any], given: Any, **_: Any) -> None:
        criteria = data.get("criteria", ())
        most = data.get("scaled_to", sum((criterion.max for criterion in criteria), Fraction(0)))
        known = "scaled_to" in data or len(criteria) == len(tables_in(given, "criterion"))
        if known and "pass_mark" in data and data["pass_mark"] > most:
            raise ValidationError(f"nobody can reach it: the criteria add up to {most}", "pass")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[RoleScheme, list[worked_example.Example]]:
        rules = RoleScheme(
            role=self.role,
            pass_mark=data["pass_mark"],
            criteria=tuple(data["criteria"]),
            bands=tuple(data.get("bands", ())),
            scaled_to=data.get("scaled_to"),
            advice=tuple(data.get("advice", ())),
            daily_minutes=data.get("advised_daily_minutes"),
        )
        examples = [
            worked_example.Example(
                role=self.role, **{**example, "homework": tuple(example.get("homework", ()))}
            )
            for example in data.get("examples", [])
        ]
        return rules, examples


class _LearnerSchema(_RoleSchema):
    role = Role.LEARNER


class _TutorSchema(_RoleSchema):
    role = Role.TUTOR


class _FileSchema(Schema):
    format = fields.Integer(
        required=True, strict=True, validate=validate.Equal(FORMAT, error="must be {other}")
    )
    id = fields.String(required=True, validate=validate.Regexp("^[a-z0-9][a-z0-9-]*$", error=_AN_ID))
    title = fields.Nested(_WordsSchema, required=True)
    window = fields.Nested(_WindowSchema, required=True)
    learner = fields.Nested(_LearnerSchema)
    tutor = fields.Nested(_TutorSchema)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _somebody(self, _: Mapping[str, Any], given: Mapping[str, Any], **__: Any) -> None:
        if not any(role.value in given for role in Role):
            raise ValidationError("scores nobody: a table [learner] or [tutor] is missing")

"""The settings of each rule kind in a scheme file, and the rule they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates, validates_schema

from lms_scoring.domain.evidence import Grade
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.complete_ratio import CompleteRatio
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.rules.rule import Rule
from lms_scoring.domain.rules.some_none import SomeNone
from lms_scoring.domain.study_time import Counting
from lms_scoring.files.toml_file import Duration, Exact, Share, messages_of, no_setting, none_of, whole

GRADE_BY_WORD = {grade.value: grade for grade in Grade}


def rule_of(kind: Any, settings: Mapping[str, Any], *, of_every_rule: Sequence[str]) -> Rule:
    """The rule of that kind with these settings. Raises ValidationError with every mistake in them.

    `of_every_rule` are keys that stand beside them, whatever the rule is.
    """
    if not isinstance(kind, str) or kind not in RULES:
        raise ValidationError({"rule": [none_of(kind, RULES)]})
    schema = RULES[kind]()
    try:
        rule: Rule = schema.load(settings)
    except ValidationError as error:
        known = [*of_every_rule, *(field.data_key or name for name, field in schema.fields.items())]
        raise ValidationError(_explained(messages_of(error), kind, known)) from error
    return rule


def _explained(messages: dict[str, Any], kind: str, known: Sequence[str]) -> dict[str, Any]:
    return {
        key: [no_setting(key, known, of=kind)] if text == ["Unknown field."] else text
        for key, text in messages.items()
    }


class _Word(fields.Field[Any]):
    """One of a few words."""

    def __init__(self, words: Any, *, only: Callable[[Any], bool] = lambda _: True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._words = {word.value: word for word in words if only(word)}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or value not in self._words:
            raise ValidationError(none_of(value, self._words))
        return self._words[value]


@dataclass(frozen=True)
class _Grades:
    """The four grade words as the only keys of a table."""

    needs_all: bool

    def __call__(self, table: Mapping[str, Any]) -> None:
        strange = [word for word in table if word not in GRADE_BY_WORD]
        missing = [word for word in GRADE_BY_WORD if self.needs_all and word not in table]
        no_grade = f"is not a grade; there are {', '.join(GRADE_BY_WORD)}"
        messages = {word: [f"{no_grade}{did_you_mean(word, GRADE_BY_WORD)}"] for word in strange}
        messages |= {word: ["is missing: how many points? Every grade needs them"] for word in missing}
        if messages:
            raise ValidationError(messages)


class _CappedProportionSchema(Schema):
    full_minutes = Exact(required=True)
    counting = _Word(Counting)
    reported_cap = Duration()

    @validates("full_minutes")
    def _countable(self, value: Fraction, **_: Any) -> None:
        if value == 0 or (value * MINUTE).denominator != 1:
            raise ValidationError("must be more than 0 and whole in milliseconds")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> CappedProportion:
        return CappedProportion(full=int(data.pop("full_minutes") * MINUTE), **data)


class _GradeMapSchema(Schema):
    grades = fields.Dict(
        keys=fields.String(), values=Exact(), required=True, validate=_Grades(needs_all=True)
    )
    on_time = Exact()
    late = _Word(Late)
    take = _Word(Take)
    cutoffs = fields.Dict(keys=fields.String(), values=Share(), validate=_Grades(needs_all=False))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> GradeMap:
        for table in ("grades", "cutoffs"):
            if table in data:
                data[table] = {GRADE_BY_WORD[word]: number for word, number in data[table].items()}
        return GradeMap(**data)


class _PresenceSchema(Schema):
    of = _Word(Thing, required=True)
    needed = whole(1)
    asked = whole(1)
    late = _Word(Late, only=lambda word: word is not Late.FORFEIT_ON_TIME)

    @validates_schema(skip_on_field_errors=False)
    def _deadlines(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("of") is Thing.BULLETIN and "late" in data:
            raise ValidationError("is for journals: a forum has no deadline", "late")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Presence:
        return Presence(**data)


class _CountSchema(Schema):
    topic = Exact()
    reply = Exact()
    topic_cap = Exact()
    reply_cap = Exact()
    asked_topics = whole(0)
    asked_replies = whole(0)
    without_bulletins = fields.Boolean()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Count:
        return Count(**data)


class _CompleteRatioSchema(Schema):
    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> CompleteRatio:
        return CompleteRatio(**data)


class _SomeNoneSchema(Schema):
    advised_percent = Exact()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> SomeNone:
        return SomeNone(**data)


RULES: dict[str, type[Schema]] = {
    CappedProportion.kind: _CappedProportionSchema,
    GradeMap.kind: _GradeMapSchema,
    Presence.kind: _PresenceSchema,
    Count.kind: _CountSchema,
    CompleteRatio.kind: _CompleteRatioSchema,
    SomeNone.kind: _SomeNoneSchema,
}

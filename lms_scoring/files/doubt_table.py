"""The tables `[doubts]` and `[disputes]` of a course file: what wants a look, and how long people have."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from lms_scoring.domain.doubts import DoubtRules, Flooding, Likeness
from lms_scoring.domain.doubts.rules import LEAST_SHARE
from lms_scoring.domain.evidence import Task
from lms_scoring.domain.proceedings.terms import DisputeTerms
from lms_scoring.files.toml_file import Share, one_of, whole

_LONGEST = 20_000
_A_DAY = 24 * 60 * 60


def _plain() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


def _surely_found(share: Fraction) -> None:
    if share < LEAST_SHARE:
        raise ValidationError("works that share less are not surely found; 30% to 100%")


class _FloodingSchema(Schema):
    shortest = whole(0, _LONGEST)
    repeats = _plain()
    burst_posts = fields.Integer(
        strict=True,
        validate=[
            validate.Range(min=0, max=100, error="must be a whole number from 0 to 100"),
            validate.NoneOf([1], error="one post is no burst: 0 (never), or 2 and more"),
        ],
    )
    burst_seconds = whole(1, _A_DAY)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Flooding:
        return Flooding(**data)


class _LikenessSchema(Schema):
    tasks = fields.List(fields.String(validate=one_of(Task)))
    share = Share(validate=_surely_found)
    shortest = whole(5, _LONGEST)
    other_courses = _plain()
    own_works = _plain()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Likeness:
        if "tasks" in data:
            data["tasks"] = frozenset(map(Task, data["tasks"]))
        return Likeness(**data)


class DoubtsSchema(Schema):
    """What it does not say is as usual."""

    flooding = fields.Nested(_FloodingSchema)
    likeness = fields.Nested(_LikenessSchema)
    objection_days = whole(1, 365)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DoubtRules:
        return DoubtRules(**data)


class DisputesSchema(Schema):
    """What it does not say is as usual."""

    answer_days = whole(1, 365)
    second_days = whole(1, 365)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DisputeTerms:
        return DisputeTerms(**data)

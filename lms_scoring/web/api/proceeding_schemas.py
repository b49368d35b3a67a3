"""What the API gives of cases and disputes."""

from __future__ import annotations

from enum import StrEnum

from marshmallow import Schema, fields, validate

from lms_scoring.domain.doubts import Family, GroundKind
from lms_scoring.domain.evidence import Action, Role
from lms_scoring.domain.proceedings.case import CaseState
from lms_scoring.domain.proceedings.dispute import DisputeState
from lms_scoring.domain.proceedings.step import Outcome, StepKind


def one_of(kind: type[StrEnum]) -> validate.OneOf:
    """One of its values."""
    return validate.OneOf([one.value for one in kind])


def said(text: str) -> dict[str, str]:
    """What is told of a field beside its name."""
    return {"description": text}


class RecordNameSchema(Schema):
    """A record, as ledgers name it."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    title = fields.String(
        required=True, allow_none=True, metadata=said("of the activity that it is of, where it has one")
    )


class StepSchema(Schema):
    """What somebody did or said."""

    kind = fields.String(required=True, validate=one_of(StepKind))
    at = fields.String(required=True, metadata=said("ISO 8601, UTC"))
    by = fields.String(
        required=True, allow_none=True, metadata=said("a person, operator:NAME, or null for a rule")
    )
    words = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True, validate=one_of(Outcome))
    until = fields.String(
        required=True, allow_none=True, metadata=said("from when on what may follow is late; ISO 8601, UTC")
    )


class GroundSchema(Schema):
    """Why a rule doubts a text."""

    kind = fields.String(required=True, validate=one_of(GroundKind))
    amount = fields.Integer(required=True, metadata=said("letters, times, posts, or hundredths of a percent"))


class HoldingSchema(Schema):
    """What somebody decided about a record, that holds now."""

    action = fields.String(required=True, validate=validate.OneOf([Action.VOID.value, Action.RESTORE.value]))
    at = fields.String(required=True, metadata=said("ISO 8601, UTC"))
    by = fields.String(required=True, metadata=said("a person, or operator:NAME"))
    reason = fields.String(required=True)


class CaseSchema(Schema):
    """A doubtful record and what people made of it."""

    number = fields.Integer(required=True, metadata=said("its own in the course"))
    person = fields.String(required=True)
    state = fields.String(required=True, validate=one_of(CaseState))
    waits = fields.Boolean(required=True, metadata=said("somebody must decide"))
    voided = fields.Boolean(
        required=True, metadata=said("the record does not count now, whether this case came to that or not")
    )
    overruled = fields.Boolean(
        required=True, metadata=said("what holds of the record is not what the case came to")
    )
    decision = fields.Nested(
        HoldingSchema,
        required=True,
        allow_none=True,
        metadata=said("what holds of the record now; null: nobody decided anything about it"),
    )
    family = fields.String(required=True, validate=one_of(Family))
    record = fields.Nested(RecordNameSchema, required=True)
    grounds = fields.List(fields.Nested(GroundSchema), required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class DisputeSchema(Schema):
    """A contested point of a card, and what was answered. It changes no score; decisions do."""

    number = fields.Integer(required=True, metadata=said("its own in the course"))
    person = fields.String(required=True, metadata=said("whose card it is"))
    state = fields.String(required=True, validate=one_of(DisputeState))
    waits = fields.Boolean(required=True, metadata=said("somebody must answer"))
    overdue = fields.Boolean(required=True)
    due_at = fields.String(
        required=True, allow_none=True, metadata=said("when the answer that is waited for is due")
    )
    role = fields.String(required=True, validate=one_of(Role))
    class_ = fields.String(required=True, allow_none=True, data_key="class", attribute="class")
    criterion = fields.String(required=True)
    record = fields.Nested(
        RecordNameSchema, required=True, allow_none=True, metadata=said("null: the criterion as a whole")
    )
    steps = fields.List(fields.Nested(StepSchema), required=True)

"""What the API takes and gives, as it describes itself. Points are texts with two decimals, half up."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from lms_scoring.domain.board import Chip
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scorecard import CardState, CriterionState, Verdict
from lms_scoring.web.api.proceeding_schemas import CaseSchema, DisputeSchema, one_of, said

_MOST_OF_A_PAGE = 500
_PROVISIONAL = said(
    "whether an open case, an unread or implausible record, or a dispute can change the state, or the card "
    "by rules that were just adopted is still to be kept; true where `to_be_read` is"
)
_TO_BE_READ = said(
    "whether the state is fail and a source was not read since the window ended, or what was read then is "
    "still to be scored: what was done in the last hours can still change the state"
)


class PageQuery(Schema):
    """Which part of a list is asked for."""

    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=1_000_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=_MOST_OF_A_PAGE))


class ResultsQuery(PageQuery):
    """The filter and order of a scoreboard, as its page has them."""

    role = fields.String(load_default=Role.LEARNER.value, validate=one_of(Role))
    class_ = fields.String(data_key="class", metadata=said("only this class"))
    state = fields.String(validate=one_of(CardState))
    standing = fields.String(
        validate=validate.OneOf([*(one.value for one in Standing), Chip.DISPUTED.value]),
        metadata=said(
            "only who takes part and stands so; `disputed`: those with an open dispute about the card"
        ),
    )
    withdrawn = fields.Boolean(load_default=False, metadata=said("who no longer takes part, too"))
    sort = fields.String(
        metadata=said(
            "name, class, total, state or a criterion's id, with `-` before it from the highest on; anything "
            "else is taken for -total"
        )
    )


class CourseSchema(Schema):
    """A course that the key opens."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    scheme = fields.String(required=True, metadata=said("the fingerprint of its scheme"))


class CoursesSchema(Schema):
    """The courses that the key opens."""

    courses = fields.List(fields.Nested(CourseSchema), required=True)


class PointsSchema(Schema):
    """One criterion in a scoreboard."""

    points = fields.String(required=True)
    max = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=one_of(CriterionState),
        metadata=said("final: no mark that is awaited could raise it; what else is open is told beside it"),
    )
    unknowns = fields.Integer(
        data_key="unknown",
        attribute="unknown",
        metadata=said("records that could not be read; points are then at least these"),
    )


class ResultSchema(Schema):
    """One line of a scoreboard: the object that `score` writes, and whose it is."""

    person = fields.String(required=True)
    name = fields.String(required=True, metadata=said("empty where it is not known"))
    role = fields.String(required=True, validate=one_of(Role))
    class_ = fields.String(required=True, allow_none=True, data_key="class", attribute="class")
    status = fields.String(required=True, validate=one_of(MembershipStatus))
    score = fields.String(required=True)
    passed = fields.Boolean(required=True, metadata=said("by the exact points"))
    state = fields.String(required=True, validate=one_of(CardState))
    provisional = fields.Boolean(required=True, metadata=_PROVISIONAL)
    to_be_read = fields.Boolean(required=True, metadata=_TO_BE_READ)
    band = fields.String(required=True, allow_none=True)
    standing = fields.String(
        required=True,
        allow_none=True,
        validate=one_of(Standing),
        metadata=said(
            "how it stands by what was read, also where `to_be_read` is true and `unreachable` may not be so "
            "yet; null until the card was looked ahead of"
        ),
    )
    open_cases = fields.List(
        fields.Integer(),
        required=True,
        metadata=said("cases about the person's records on which somebody must act, by number"),
    )
    open_disputes = fields.List(
        fields.Integer(),
        required=True,
        metadata=said(
            "disputes about this card, or about that of another class of the same person, that wait for an "
            "answer, by number"
        ),
    )
    scheme = fields.String(required=True, metadata=said("the fingerprint of what it was scored by"))
    as_of = fields.String(required=True, metadata=said("ISO 8601, UTC"))
    closed_at = fields.String(metadata=said("ISO 8601, UTC; only of a closed programme"))
    version = fields.Integer(required=True)
    criteria = fields.Dict(keys=fields.String(), values=fields.Nested(PointsSchema), required=True)


class ResultsSchema(Schema):
    """A page of a scoreboard. `synced_at` is null where a source was never read in full."""

    course = fields.String(required=True)
    role = fields.String(required=True, validate=one_of(Role))
    synced_at = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True, metadata=said("results there are with this filter"))
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    results = fields.List(fields.Nested(ResultSchema), required=True)


class FigureSchema(Schema):
    """A number that a criterion was computed from; times are milliseconds."""

    name = fields.String(required=True)
    value = fields.String(required=True, allow_none=True, metadata=said("exact; null is unknown"))
    asked = fields.Integer(required=True, allow_none=True)
    advised = fields.String(required=True, allow_none=True)


class FindingSchema(Schema):
    """One piece of evidence and what became of it; the exact points add up to the criterion's."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    verdict = fields.String(required=True, validate=one_of(Verdict))
    reason = fields.String(required=True, allow_none=True)
    points = fields.String(required=True)
    exact = fields.String(required=True, metadata=said("the points as a whole number or a fraction"))
    activity = fields.String(required=True, allow_none=True)
    at = fields.String(required=True, allow_none=True)
    counted_ms = fields.String(required=True, allow_none=True)
    recorded_ms = fields.Integer(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)
    due_at = fields.String(required=True, allow_none=True)
    note = fields.String(
        required=True,
        allow_none=True,
        metadata=said("a person's words; of what could not be read a code that says why, or words of a file"),
    )
    person = fields.String(required=True, allow_none=True, metadata=said("whose work it is, if another's"))


class LedgerSchema(PointsSchema):
    """One criterion of a card, opened to its evidence."""

    id = fields.String(required=True)
    exact = fields.String(required=True)
    could_become = fields.String(required=True, metadata=said("what marking alone could make of it"))
    figures = fields.List(fields.Nested(FigureSchema), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class CardSchema(Schema):
    """One card; who learns and guides has two."""

    role = fields.String(required=True, validate=one_of(Role))
    class_ = fields.String(required=True, allow_none=True, data_key="class", attribute="class")
    status = fields.String(required=True, validate=one_of(MembershipStatus))
    score = fields.String(required=True)
    exact = fields.String(required=True)
    out_of = fields.String(required=True)
    pass_mark = fields.String(required=True)
    could_become = fields.String(required=True)
    passed = fields.Boolean(required=True)
    state = fields.String(required=True, validate=one_of(CardState))
    provisional = fields.Boolean(required=True, metadata=_PROVISIONAL)
    to_be_read = fields.Boolean(required=True, metadata=_TO_BE_READ)
    band = fields.String(required=True, allow_none=True)
    scheme = fields.String(required=True)
    as_of = fields.String(required=True)
    criteria = fields.List(fields.Nested(LedgerSchema), required=True)


class PersonSchema(Schema):
    """A person's cards in one course."""

    course = fields.String(required=True)
    person = fields.String(required=True)
    name = fields.String(required=True)
    synced_at = fields.String(required=True, allow_none=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    cases = fields.List(fields.Nested(CaseSchema), required=True)
    disputes = fields.List(fields.Nested(DisputeSchema), required=True)


class ProceedingsQuery(PageQuery):
    """Which cases or disputes are asked for."""

    waiting = fields.Boolean(load_default=False, metadata=said("only those on which somebody has to act"))


class CasesSchema(Schema):
    """A page of the cases, by person; those of one person are on one page, which may have some more."""

    course = fields.String(required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    cases = fields.List(fields.Nested(CaseSchema), required=True)


class DisputesSchema(Schema):
    """A page of the disputes: what is due first, and behind all that waits what was done last."""

    course = fields.String(required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    disputes = fields.List(fields.Nested(DisputeSchema), required=True)


class EvidenceSchema(Schema):
    """Records as lines of an evidence file, of which `score` makes the same cards."""

    course = fields.String(required=True)
    person = fields.String(required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    records = fields.List(fields.Dict(), required=True)

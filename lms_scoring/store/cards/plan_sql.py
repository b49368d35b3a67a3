"""Plans as SQL: the numerator of a total out of columns of measures, equal to the domain's to the last bit.

Each term compares the measure before it multiplies, so that no measure, however large, leaves 64 bits: SQLite
would go on with a float, and PostgreSQL refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce, singledispatch
from operator import add

from sqlalchemy import BigInteger, ColumnElement, case, literal

from lms_scoring.domain.plan import Plan
from lms_scoring.domain.rules.rule import Term
from lms_scoring.domain.rules.terms import AtLeast, CappedShare, Complete, Counted, Granted

Number = ColumnElement[int]


def numerator(plan: Plan, measures: Sequence[Sequence[Number]]) -> Number:
    """The numerator of the plan's total; `measures` holds for each criterion its measures' columns."""
    parts = [
        _times(points(term, columns), factor)
        for (term, factor), columns in zip(plan.terms, measures, strict=True)
    ]
    return reduce(add, parts)


def number(value: int) -> Number:
    """A whole number of up to 64 bits."""
    return literal(value, BigInteger)


@singledispatch
def points(term: Term, measures: Sequence[Number]) -> Number:
    """The numerator of a term's points. Each kind of term says below how; a new one fails until it does."""
    raise NotImplementedError(f"no SQL for {type(term).__name__}")


@points.register
def _(term: CappedShare, measures: Sequence[Number]) -> Number:
    (amount,) = measures
    return _capped(amount, term.most.numerator, term.full * term.most.numerator)


@points.register
def _(term: Counted, measures: Sequence[Number]) -> Number:
    """A part can be cut at the common top as well: what is beyond it is beyond it in the sum."""
    unit = term.denominator
    top = int(term.most * unit)
    tops = [top if cap is None else min(int(cap * unit), top) for cap in term.caps]
    parts = [
        _capped(count, int(value * unit), most)
        for count, value, most in zip(measures, term.values, tops, strict=True)
    ]
    together = reduce(add, parts)
    return case((together < number(top), together), else_=number(top))


@points.register
def _(term: Granted, measures: Sequence[Number]) -> Number:
    (granted,) = measures
    return _capped(granted, term.most.denominator, term.most.numerator * term.unit)


@points.register
def _(term: AtLeast, measures: Sequence[Number]) -> Number:
    (count,) = measures
    return case((count >= number(term.needed), number(term.most.numerator)), else_=number(0))


@points.register
def _(term: Complete, measures: Sequence[Number]) -> Number:
    due, done = measures
    return case(
        ((due > number(0)) & (done >= due), number(term.most.numerator)),
        else_=number(0),
    )


def _capped(amount: Number, factor: int, top: int) -> Number:
    """`min(amount * factor, top)`; the amount is multiplied only where it stays below, so a factor beyond
    the top, which may be beyond 64 bits as well, is none but the top."""
    if factor == 0:
        return number(0)
    below = _times(amount, min(factor, top))
    return case((amount < number(-(-top // factor)), below), else_=number(top))


def _times(value: Number, factor: int) -> Number:
    return value if factor == 1 else value * number(factor)

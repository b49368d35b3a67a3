"""Numbers as people read them: rounded once, half up, or cut where a rounded one would promise too much."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

JUST_UNDER = {"zh": "（略低于）", "en": " (just under)"}


def hundredths(number: Fraction) -> int:
    """The nearest whole hundredth, half up. Points are never negative."""
    return (200 * number.numerator + number.denominator) // (2 * number.denominator)


def shown_gap(points: Fraction) -> int:
    """Missing points as they are shown, in hundredths: rounded as totals are, so that both add up.

    1 at least, because a gap too small for two decimals is still a gap; 0: none.
    """
    return max(1, hundredths(points)) if points > 0 else 0


def rounded(number: Fraction) -> str:
    """Two decimals, half up: 79.9466… reads 79.95."""
    return _decimals(hundredths(number))


def cut(number: Fraction) -> str:
    """Two decimals, the rest cut off: what a gradebook is told, so that it never shows an unearned pass."""
    return _decimals(number * 100 // 1)


def cut_percent(part: Fraction | int, whole: Fraction | int) -> str:
    """Of a hundred, as `cut`: 100.00 only where the part is the whole, or more. Of nothing it is 0.

    In whole numbers throughout: a chart asks for hundreds of these.
    """
    if whole == 0:
        return "0"
    over, under = part.numerator * whole.denominator, part.denominator * whole.numerator
    return _decimals(min(max(10_000 * over // under, 0), 10_000))


def points_text(points: Fraction, *, pass_mark: Fraction, language: str) -> str:
    """Rounded, with a remark where rounding would show the pass mark to someone who has not reached it."""
    text = rounded(points)
    return text + JUST_UNDER[language] if looks_like(points, pass_mark) else text


def looks_like(points: Fraction, mark: Fraction) -> bool:
    """Whether the points are less than the mark and would, both rounded, be shown as if they were not."""
    return points < mark and hundredths(points) >= hundredths(mark)


def plain(number: Fraction) -> str:
    """As short as it is exact: 40, 0.5, or 1/3."""
    if number.denominator == 1:
        return str(number.numerator)
    decimal = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{decimal:f}" if Fraction(decimal) == number else str(number)


def counted(number: Fraction | int, one: str, many: str = "") -> str:
    """A number with its English noun: 1 point, 0.5 points, 2 replies (`many` where it is not `one` + s)."""
    return f"{plain(Fraction(number))} {one if number == 1 else many or one + 's'}"


def _decimals(count: int) -> str:
    return f"{count // 100}.{count % 100:02d}"

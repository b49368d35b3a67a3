"""That people are called by numbers of which nobody said who gives them, for the report of a sync."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from lms_scoring.domain.identity import NameKind, could_be_user_id, is_number
from lms_scoring.ports import Problem, ProblemKind


def numbers_not_given(
    people: Iterable[Mapping[NameKind, str]], given: Collection[NameKind], *, at: str
) -> Iterator[Problem]:
    """One notice for each kind of name; `at` is the source, as the setting names it."""
    counts = dict.fromkeys(NameKind, 0)
    for called in people:
        for kind, name in called.items():
            counts[kind] += is_number(name) and not could_be_user_id(name)
    for kind, count in counts.items():
        if count and kind not in given:
            yield Problem(
                kind=ProblemKind.NOTICE,
                code="numbers_not_given",
                text=(
                    f"the {kind} of {count} people at {at} is a number, by which nobody is known unless the "
                    "institution gives these numbers. Where nobody can choose or change the own one, add "
                    f"{at}.{kind} to LMS_SCORING_GIVEN_NUMBERS; otherwise join accounts by hand "
                    "(`identity list`)"
                ),
                subject="people",
            )

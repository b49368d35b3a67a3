"""What changed in a course at its platform since it was read last, as notices for whoever set it up here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from lms_scoring.ports import Activity, Problem, ProblemKind


def no_longer_listed(before: Mapping[str, Activity], listed: Collection[Activity]) -> list[Activity]:
    """As they are to be kept: hidden, since what was deleted and what nobody may see look the same."""
    here = {activity.id for activity in listed}
    return [replace(one, visible=False) for id_, one in before.items() if id_ not in here and one.visible]


def with_known_dates(before: Mapping[str, Activity], listed: Collection[Activity]) -> list[Activity]:
    """Those listed, with the dates that were known of them where these could not be read."""
    return [_dated_as(before.get(one.id), one) for one in listed]


def chances_changed(before: Mapping[str, Activity], listed: Collection[Activity]) -> bool:
    """Whether people may hand in at other times than before, or elsewhere: their cards say until when. What
    is new and has no dates changes none."""
    undated = (True, None, None)
    here = {one.id for one in listed}
    gone = any(one.visible for id_, one in before.items() if id_ not in here)
    return gone or any(
        _chance(one) != (_chance(before[one.id]) if one.id in before else undated) for one in listed
    )


def activity_changes(before: Mapping[str, Activity], listed: Collection[Activity]) -> Iterator[Problem]:
    """Those by id that were listed last, beside those listed now; where there were none, none is new."""
    for activity in listed:
        former = before.get(activity.id)
        if former is None:
            if before:
                yield _notice(
                    "activity_new", activity, f"{_called(activity)} is new; bind it if it should count"
                )
            continue
        if former.name != activity.name:
            yield _notice(
                "activity_renamed",
                activity,
                f"{_called(activity)} was called {former.name!r}; it counts as before",
            )
        if former.visible != activity.visible:
            yield _visibility(activity)
        if former.marking is not None and former.marking != activity.marking:
            yield _notice("activity_marking", activity, _marking(former, activity))
    for activity in no_longer_listed(before, listed):
        text = f"{_called(activity)} is no longer listed: it was deleted, or hidden from the service account"
        yield _notice("activity_missing", activity, text)


def _dated_as(former: Activity | None, told: Activity) -> Activity:
    if former is None or told.dates_told:
        return told
    return replace(told, opens_at=former.opens_at, due_at=former.due_at)


def _chance(activity: Activity) -> tuple[bool, int | None, int | None]:
    return (activity.visible, activity.opens_at, activity.due_at)


def _visibility(activity: Activity) -> Problem:
    if activity.visible:
        return _notice("activity_shown", activity, f"{_called(activity)} is no longer hidden")
    text = (
        f"{_called(activity)} was hidden; what learners did there counts as before, and they can do no more"
    )
    return _notice("activity_hidden", activity, text)


def _marking(former: Activity, activity: Activity) -> str:
    return (
        f"{_called(activity)} is marked by {activity.marking or 'nothing'} now, and was by {former.marking}; "
        "check that the words or points of its marks still mean what the course file and the scheme say"
    )


def _notice(code: str, activity: Activity, text: str) -> Problem:
    return Problem(kind=ProblemKind.NOTICE, code=code, text=text, subject=activity.id)


def _called(activity: Activity) -> str:
    return f"activity {activity.id} ({activity.kind}) {activity.name!r}"

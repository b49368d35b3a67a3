"""What a course's activities are called, and what is watched there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lms_scoring.ports import Activity, EvidenceOut


def titles_of(transaction: EvidenceOut, course: str) -> Mapping[tuple[str, str], str]:
    """By the activity's source and its id there."""
    return {(source, one.id): one.name for source, one in transaction.activities(course)}


def videos(transaction: EvidenceOut, ids: Collection[str]) -> dict[str, Activity]:
    """As many of these as statements call something; no platform lists them."""
    titles = transaction.titles(ids)
    return {id_: Activity(id=id_, name=title, kind="video") for id_, title in titles.items()}

"""Entries of database activities and of the blog into hand-ins."""

from __future__ import annotations

from adapters.moodle.evidence.characters import characters_in
from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.entries import BlogEntry, Entry
from lms_scoring.domain.evidence import Submission, SubmissionState
from lms_scoring.domain.instants import SECOND

BLOG = "blog"
"""The id of the blog as an activity: Moodle has it beside the courses and gives it no number there."""


def data_entry(site: Site, row: Entry, *, activity: str) -> Submission:
    """An entry in a database activity, approved or not."""
    return _hand_in(site, f"data-{row.id}", row.userid, activity=activity, at=row.timecreated)


def blog_entry(site: Site, row: BlogEntry) -> Submission:
    """A blog entry that is associated with the course; drafts are shown to their authors alone."""
    state = SubmissionState.DRAFT if row.publishstate == "draft" else SubmissionState.SUBMITTED
    length = None if row.summary is None else characters_in(row.summary)
    return _hand_in(
        site, f"blog-{row.id}", row.userid, activity=BLOG, at=row.created, state=state, characters=length
    )


def _hand_in(
    site: Site,
    record_id: str,
    user: int,
    *,
    activity: str,
    at: int,
    state: SubmissionState = SubmissionState.SUBMITTED,
    characters: int | None = None,
) -> Submission:
    return Submission(
        id=record_id,
        person=site.account(user),
        task=None,
        activity=activity,
        attempt=0,
        state=state,
        submitted_at=at * SECOND if state is SubmissionState.SUBMITTED else None,
        opens_at=None,
        due_at=None,
        grade=None,
        characters=characters,
        source=site.name,
    )

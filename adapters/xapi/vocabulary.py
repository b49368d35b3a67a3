"""The words of xAPI: what verb, activity type and event name of any generation mean to us.

Verbs and types changed their IRIs over the years (Moodle's logstore_xapi in 2018, 2020, 2022 and 2025), so
each meaning lists all of them. Where a statement names the Moodle event it was made from, that decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.statements import LmsVerb, VideoVerb

VOIDED = "adlnet.gov/expapi/verbs/voided"


@dataclass(frozen=True, slots=True)
class Word:
    """What a verb can mean. `video` holds of a video only, unless the verb is the video profile's own;
    `lms` holds of the right kind of activity; `voids` says that it takes a statement back."""

    video: int | None = None
    own: bool = False
    lms: LmsVerb = LmsVerb.OTHER
    voids: bool = False


def word_of(verb: str) -> Word:
    """What a verb's IRI can mean; `http` or `https` and a slash at the end make no difference."""
    return _VERBS.get(bare(verb), _OTHER)


def bare(iri: str) -> str:
    """An IRI as it is compared here: without its scheme and without a slash at the end."""
    return iri.strip().removeprefix("https://").removeprefix("http://").rstrip("/")


def is_video(activity_type: str) -> bool:
    """Whether an activity of this type plays something with a position in time."""
    return bare(activity_type) in _VIDEO_TYPES


def said_by_event(event_name: str) -> LmsVerb | None:
    """What the Moodle event says that a statement was made from; None where its verb must tell."""
    return _EVENTS.get(event_name.strip().lstrip("\\"))


def said_by_verb(meaning: Word, activity_type: str, iri: str) -> LmsVerb:
    """What a verb says of an activity: creating and deleting is ours only for discussions and posts."""
    if meaning.lms not in (LmsVerb.TOPIC_CREATED, LmsVerb.POST_DELETED):
        return meaning.lms
    if bare(activity_type) in (FORUM_REPLY, _DISCUSSION) or "/mod/forum/discuss.php" in iri:
        return meaning.lms
    return LmsVerb.OTHER


FORUM_REPLY = "id.tincanapi.com/activitytype/forum-reply"
_DISCUSSION = "id.tincanapi.com/activitytype/discussion"

_OTHER = Word()

_VIDEO = "w3id.org/xapi/video/verbs/"
_ADL = "adlnet.gov/expapi/verbs/"
_STREAMS = ("activitystrea.ms/", "activitystrea.ms/schema/1.0/")

_VERBS: dict[str, Word] = {
    **{_VIDEO + verb.name.lower(): Word(video=int(verb), own=True) for verb in VideoVerb},
    **{
        _ADL + verb.name.lower(): Word(video=int(verb))
        for verb in (VideoVerb.INITIALIZED, VideoVerb.INTERACTED, VideoVerb.COMPLETED, VideoVerb.TERMINATED)
    },
    **{stream + "submit": Word(lms=LmsVerb.SUBMITTED) for stream in _STREAMS},
    **{stream + "create": Word(lms=LmsVerb.TOPIC_CREATED) for stream in _STREAMS},
    **{stream + "delete": Word(lms=LmsVerb.POST_DELETED) for stream in _STREAMS},
    "id.tincanapi.com/verb/submitted": Word(lms=LmsVerb.SUBMITTED),
    "w3id.org/xapi/tla/verbs/scored": Word(lms=LmsVerb.SCORED),
    _ADL + "scored": Word(lms=LmsVerb.SCORED),
    "id.tincanapi.com/verb/replied": Word(lms=LmsVerb.REPLIED),
    "id.tincanapi.com/verb/viewed": Word(lms=LmsVerb.VIEWED),
    VOIDED: Word(voids=True),
}

_VIDEO_TYPES = frozenset(
    (
        "w3id.org/xapi/video/activity-type/video",
        "w3id.org/xapi/acrossx/activities/video",
        "adlnet.gov/expapi/activities/media",
        "activitystrea.ms/schema/1.0/video",
        "activitystrea.ms/video",
    )
)

_EVENTS = {
    "mod_assign\\event\\assessable_submitted": LmsVerb.SUBMITTED,
    "mod_assign\\event\\submission_graded": LmsVerb.SCORED,
    "mod_forum\\event\\discussion_created": LmsVerb.TOPIC_CREATED,
    "mod_forum\\event\\post_created": LmsVerb.REPLIED,
    "mod_forum\\event\\post_deleted": LmsVerb.POST_DELETED,
    "mod_forum\\event\\post_updated": LmsVerb.OTHER,
}

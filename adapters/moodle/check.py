"""`platform check` of a Moodle: what the token can really read, tried on a course before any sync.

That the site answers proves nothing: most missing capabilities make answers smaller without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.check import CheckLine
from adapters.moodle import calls
from adapters.moodle.capabilities import what_to_do
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.functions import Function
from adapters.moodle.outline import Outline, find_course, read_outline
from adapters.moodle.payloads.courses import SiteInfo, Warned
from adapters.moodle.payloads.forums import Discussion, ForumRow
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import data_loss
from adapters.moodle.refusals import is_closed
from adapters.moodle.source import ROLES
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError, UnknownCourse
from lms_scoring.ports import ProblemKind

_OLDEST = 4
_CLOSED = "Nothing can be read before this is mended."


def check_moodle(client: MoodleClient, *, course: str | None) -> list[CheckLine]:
    """What can be read of the course, line by line; without one, only what the token says of itself."""
    return list(_lines(client, course))


def _lines(client: MoodleClient, course: str | None) -> Iterator[CheckLine]:
    try:
        info = client.ask(calls.site_info())
    except PlatformError as error:
        yield CheckLine(ok=False, what="access", text=f"{error.call}: {error.reason}", do=_CLOSED)
        return
    listed = {function.name for function in info.functions}
    client.batching = Function.BATCH in listed
    yield _release(info)
    yield _batching(client.batching)
    if course is None:
        yield from _unlisted(listed, tried=())
        yield CheckLine(
            ok=None,
            what="course",
            text="what can really be read shows in a course only",
            do="Run this again with --course.",
        )
        return
    try:
        number = find_course(client, course).id
        outline = read_outline(client, number, roles=ROLES, before=None)
    except (PlatformError, UnknownCourse) as error:
        text = error.reason if isinstance(error, PlatformError) else str(error)
        yield CheckLine(ok=False, what="course", text=text, do=_CLOSED)
        return
    yield from _of_outline(outline)
    probes = _probes(number, outline)
    yield from _tried(client, probes)
    yield from _posts(client, outline)
    yield from _unlisted(listed, tried=[probe.call.function for probe in probes])


def _release(info: SiteInfo) -> CheckLine:
    text = f"the site answers ({info.release or 'release not told'})"
    major = info.release.partition(".")[0]
    if major.isascii() and major.isdigit() and len(major) < 10 and int(major) < _OLDEST:
        return CheckLine(ok=None, what="access", text=text, do="Moodle 4.1 or later was tried.")
    return CheckLine(ok=True, what="access", text=text)


def _batching(there: bool) -> CheckLine:
    if there:
        return CheckLine(ok=True, what="batches", text="a hundred calls go into one request")
    return CheckLine(
        ok=None,
        what="batches",
        text="the service has none: a first sync takes about a thousand requests for sixty learners",
        do=what_to_do(Function.BATCH),
    )


def _unlisted(listed: set[str], *, tried: Collection[str]) -> Iterator[CheckLine]:
    """What the token may not call, but for what was called: of that the answer tells, whatever the list."""
    for function in Function:
        if function not in {*listed, *tried, Function.BATCH}:
            text = "not in the list of what the token may call"
            yield CheckLine(ok=None, what=function, text=text, do=what_to_do(function))


def _of_outline(outline: Outline) -> Iterator[CheckLine]:
    roster = outline.roster
    if roster.users:
        text = (
            f"{len(roster.users)} people, {len(roster.learners)} of them learners, "
            f"{len(roster.withdrawn)} suspended"
        )
        yield CheckLine(ok=True, what="people", text=text)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(outline.kinds().items()))
    yield CheckLine(ok=True if kinds else None, what="activities", text=kinds or "none is listed")
    for problem in outline.problems:
        broken = problem.kind is ProblemKind.LOST
        yield CheckLine(ok=False if broken else None, what=problem.subject or problem.code, text=problem.text)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A call to try, and what it reads."""

    call: Call[Any]
    what: str


def _probes(course: int, outline: Outline) -> list[_Probe]:
    learners = [user for user in outline.roster.learners if user not in outline.roster.withdrawn]
    kinds = {module.modname: module for module in outline.modules if module.instance is not None}
    probes = [
        _Probe(calls.updates_since(course, 2_000_000_000), "what changed"),
        _Probe(calls.blog_entries(course, page=0, size=1), "the blog"),
    ]
    if learners:
        probes.append(_Probe(calls.users_by_id(learners[:1]), "people by id"))
    if "lesson" in kinds:
        lesson = kinds["lesson"].instance or 0
        probes.append(_Probe(calls.lesson_overview(lesson), "sessions in lessons"))
        if learners:
            probes.append(_Probe(calls.lesson_timers(lesson, learners[0]), "lessons of who is suspended"))
    if "h5pactivity" in kinds:
        call_h5p = calls.h5p_attempts(kinds["h5pactivity"].instance or 0)
        probes.append(_Probe(call_h5p, "H5P attempts"))
    if "data" in kinds:
        call_data = calls.database_entries(kinds["data"].instance or 0)
        probes.append(_Probe(call_data, "database entries"))
    if "scorm" in kinds:
        probes += _scorm_probes(kinds["scorm"].instance or 0, learners)
    return probes + _assignment_probes(outline, learners)


def _scorm_probes(scorm: int, learners: list[int]) -> list[_Probe]:
    probes = [_Probe(calls.scoes(scorm), "parts of SCORM packages")]
    if learners:
        probes.append(_Probe(calls.attempt_count(scorm, learners[0]), "SCORM attempts"))
    return probes


def _assignment_probes(outline: Outline, learners: list[int]) -> list[_Probe]:
    if not outline.assignments:
        return []
    first = outline.assignments[0].id
    probes = [
        _Probe(calls.submissions(first), "hand-ins"),
        _Probe(calls.grades(first), "marks"),
        _Probe(calls.user_flags([first]), "extensions of deadlines"),
    ]
    scales = {-each.grade for each in outline.assignments if each.grade < 0}
    probes += [_Probe(calls.scale_values(scale), "words of the scale") for scale in scales]
    if learners:
        participant = calls.participant(first, learners[0])
        status = calls.submission_status(first, learners[0])
        probes += [
            _Probe(participant, "each learner's own deadline"),
            _Probe(status, "earlier attempts"),
        ]
    return probes


def _tried(client: MoodleClient, probes: list[_Probe]) -> Iterator[CheckLine]:
    asked = [(probe, client.later(probe.call)) for probe in probes]
    client.send()
    for probe, reply in asked:
        yield _verdict(probe, reply)


def _verdict(probe: _Probe, reply: Reply[Any]) -> CheckLine:
    function = probe.call.function
    if reply.error is not None and function is Function.ATTEMPT_COUNT and is_closed(reply.error):
        text = "the package is closed, so Moodle counts no attempts; what was recorded is read all the same"
        return CheckLine(ok=True, what=probe.what, text=text)
    if reply.error is not None:
        text = f"cannot be read: {reply.error.reason}"
        of_few = function is Function.LESSON_TIMERS  # all others' sessions are in the list
        return CheckLine(ok=None if of_few else False, what=probe.what, text=text, do=what_to_do(function))
    warnings: list[Warned] = getattr(reply.value, "warnings", [])
    for problem in data_loss(probe.what, warnings, subject=function, function=function):
        replaced = function is Function.USER_FLAGS  # extensions are then asked for one by one
        return CheckLine(ok=None if replaced else False, what=probe.what, text=problem.text)
    return CheckLine(ok=True, what=probe.what, text=f"{function} answers")


def _posts(client: MoodleClient, outline: Outline) -> Iterator[CheckLine]:
    """Of each forum, whether its topics come, and all replies of the one that has most."""
    asked = [(forum, client.later(calls.discussions(forum.id, page=0, size=100))) for forum in outline.forums]
    client.send()
    for forum, reply in asked:
        what = f"forum {forum.cmid}"
        if reply.error is not None:
            do = what_to_do(Function.DISCUSSIONS)
            yield CheckLine(ok=False, what=what, text=reply.error.reason, do=do)
            continue
        topics = rows_of(reply.value.discussions, Discussion).good
        if forum.numdiscussions and not topics:
            text = f"{forum.numdiscussions} topics are counted and none is shown"
            do = what_to_do(Function.DISCUSSIONS)
            yield CheckLine(ok=False, what=what, text=text, do=do)
        elif topics:
            yield _replies(client, forum, max(topics, key=lambda topic: topic.numreplies))


def _replies(client: MoodleClient, forum: ForumRow, topic: Discussion) -> CheckLine:
    what = f"forum {forum.cmid}"
    try:
        shown = len(client.ask(calls.discussion_posts(topic.discussion)).posts)
    except PlatformError as error:
        do = what_to_do(Function.DISCUSSION_POSTS)
        return CheckLine(ok=False, what=what, text=error.reason, do=do)
    if shown < topic.numreplies + 1:
        text = f"of {topic.numreplies + 1} posts of a topic {shown} are shown"
        return CheckLine(ok=False, what=what, text=text, do=what_to_do(Function.DISCUSSION_POSTS))
    return CheckLine(ok=True, what=what, text=f"{forum.numdiscussions} topics, all posts of one are shown")

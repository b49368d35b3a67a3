"""Lessons, H5P activities, database activities and the blog: one call gives all there is of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from adapters.moodle import calls
from adapters.moodle.client import Foreseen, Reply
from adapters.moodle.evidence.entries import BLOG, blog_entry, data_entry
from adapters.moodle.evidence.reported_times import h5p_time
from adapters.moodle.functions import Function
from adapters.moodle.lessons import Lesson, lesson_calls
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.entries import BlogEntries, BlogEntry, Entries, Entry
from adapters.moodle.payloads.reported_times import H5pAttempts
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import bad_rows, by_id, data_loss, lost, notice, refused
from adapters.moodle.pull import Findings, Pull, unknown_owners
from adapters.moodle.texts import text_of_blog, text_of_entry
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError, RecordRefused
from lms_scoring.ports import Batch, Problem, Scope

_PAGE = 100
_MOST_PAGES = 1000
_BLOGS_OFF = "blogdisable"

T = TypeVar("T")


def read_entries(pull: Pull) -> Iterator[Batch]:
    """All of them that may have changed; databases and the blog always, for deletions are in no update."""
    client = pull.client
    lessons = [Lesson(pull, module) for module in _read_now(pull, "lesson")]
    h5ps = [(module, client.later(_h5p(module))) for module in _read_now(pull, "h5pactivity")]
    databases = [(module, client.later(_database(module))) for module in pull.modules_of("data")]
    blog = client.later(_blog(pull))
    for name in ("lesson", "h5pactivity"):
        for module in pull.modules_of(name):
            if not _is_read_now(pull, module):
                pull.unchanged(module.id)
    client.send()
    for lesson in lessons:
        listed = ("reported_time", "unknown") if lesson.is_whole else ()
        yield _finished(pull, lesson.module, "The sessions", lesson.overview, lesson.keep, *listed)
    for module, h5p in h5ps:
        yield _finished(pull, module, "The attempts", h5p, _keep_h5p, "reported_time", "unknown")
    for module, database in databases:
        yield _finished(pull, module, "The entries", database, _keep_database, "submission", "unknown")
    yield from _read_blog(pull, blog)


def foreseen(pull: Pull) -> Foreseen:
    """What `read_entries` begins with."""
    yield [
        *(call for module in _read_now(pull, "lesson") for call in lesson_calls(pull, module)),
        *map(_h5p, _read_now(pull, "h5pactivity")),
        *map(_database, pull.modules_of("data")),
        _blog(pull),
    ]


def _read_now(pull: Pull, name: str) -> list[Module]:
    return [module for module in pull.modules_of(name) if _is_read_now(pull, module)]


def _is_read_now(pull: Pull, module: Module) -> bool:
    """Also where somebody is active again, whom the last pull's list left out."""
    return pull.places_changed or pull.must_read(module.id)


def _h5p(module: Module) -> Call[H5pAttempts]:
    return calls.h5p_attempts(module.instance or 0)


def _database(module: Module) -> Call[Entries]:
    return calls.database_entries(module.instance or 0)


def _blog(pull: Pull) -> Call[BlogEntries]:
    return calls.blog_entries(pull.course, page=0, size=_PAGE)


def _finished(
    pull: Pull,
    module: Module,
    what: str,
    reply: Reply[T],
    keep: Callable[[Findings, Module, T], None],
    *kinds: str,
) -> Batch:
    findings = Findings(pull, module.id)
    try:
        keep(findings, module, reply.value)
    except PlatformError as error:
        findings.damaged([refused(what, error, subject=findings.subject)])
    pull.finished(module.id, *kinds)
    return findings.batch()


def _keep_h5p(findings: Findings, _: Module, answer: H5pAttempts) -> None:
    function = Function.H5P_ATTEMPTS
    if not answer.usersattempts and answer.warnings and all(one.item == "user" for one in answer.warnings):
        findings.damaged([_untracked(findings)])
        return
    findings.damaged(data_loss("attempts", answer.warnings, subject=findings.subject, function=function))
    for user in answer.usersattempts:
        for attempt in user.attempts:
            findings.pull.learnt(user.userid)
            record = h5p_time(findings.pull.site, attempt, activity=findings.subject, user=user.userid)
            findings.records.append(record)


def _untracked(findings: Findings) -> Problem:
    """Moodle then warns of everybody; what was read before it was switched off stays."""
    text = (
        f"Moodle gives nobody's attempts at activity {findings.cmid}: tracking is switched off in its "
        "settings, or nobody enrolled may see it. Switch tracking on there if it is to count as study time"
    )
    return notice("attempts_not_tracked", text, subject=findings.subject)


def _keep_database(findings: Findings, _: Module, answer: Entries) -> None:
    rows = rows_of(answer.entries, Entry)
    subject = findings.subject
    findings.set_aside("the entries", rows.bad, by_id("data"))
    function = Function.DATABASE_ENTRIES
    findings.damaged(data_loss("entries", answer.warnings, subject=subject, function=function))
    if len(answer.entries) < answer.totalcount:
        text = f"Moodle counts {answer.totalcount} entries and gave {len(answer.entries)}"
        findings.damaged([lost("entries_missing", text, subject=subject)])
    for row in rows.good:
        findings.pull.knows(row.userid)
        entry = data_entry(findings.pull.site, row, activity=subject)
        findings.records.append(entry)
        findings.texts.append(text_of_entry(row, entry))


def _read_blog(pull: Pull, first: Reply[BlogEntries]) -> Iterator[Batch]:
    """The course's blog entries, page by page."""
    read, page, reply, whole = 0, 0, first, True
    while True:
        try:
            answer = reply.value
        except PlatformError as error:
            yield Batch(problems=(_no_blog(error),))
            return
        rows = rows_of(answer.entries, BlogEntry)
        for row in rows.good:
            pull.knows(row.userid)
        owners = unknown_owners(pull, "the blog", rows.bad, activity=BLOG)
        works = [blog_entry(pull.site, row) for row in rows.good]
        yield Batch(
            records=[*works, *(record for record, _ in owners)],
            texts=list(map(text_of_blog, rows.good, works)),
            problems=[
                *bad_rows("the blog", rows.bad, subject=BLOG, named=by_id("blog")),
                *(problem for _, problem in owners),
            ],
        )
        whole = whole and not rows.bad
        read, page = read + len(answer.entries), page + 1
        if read >= answer.totalentries or not answer.entries or page == _MOST_PAGES:
            break
        reply = pull.client.later(calls.blog_entries(pull.course, page=page, size=_PAGE))
        pull.client.send()
    if read < answer.totalentries:
        text = f"Moodle counts {answer.totalentries} entries of the blog and gave {read}"
        yield Batch(problems=(lost("entries_missing", text, subject=BLOG),))
    elif whole:
        pull.notes.whole += [Scope(kind=kind, activity=BLOG) for kind in ("submission", "unknown")]


def _no_blog(error: PlatformError) -> Problem:
    if isinstance(error, RecordRefused) and error.code == _BLOGS_OFF:
        return notice("blogs_off", "Blogs are switched off on this site, so there are none", subject=BLOG)
    return refused("The blog", error, subject=BLOG)

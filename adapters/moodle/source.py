"""A Moodle course as a source of evidence: the order of a pull."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from adapters.ahead import ahead
from adapters.moodle import assignments, calls, entries, forums, scorms
from adapters.moodle.assignments import read_assignments
from adapters.moodle.client import Foreseen, MoodleClient
from adapters.moodle.cursor import Cursor, digest, pack, read_cursor, write_cursor
from adapters.moodle.entries import read_entries
from adapters.moodle.evidence.people import names_of
from adapters.moodle.evidence.site import Site
from adapters.moodle.forums import read_forums
from adapters.moodle.functions import Function
from adapters.moodle.hidden_changes import with_hidden_changes
from adapters.moodle.lessons import still_refused
from adapters.moodle.outline import Outline, find_course, read_outline
from adapters.moodle.pull import Pull
from adapters.moodle.scorms import read_scorms
from adapters.moodle.strangers import introduce, withdrawn, withdrawn_records
from adapters.moodle.texts import task_texts
from adapters.numbers_not_given import numbers_not_given
from lms_scoring.domain.evidence import Decision, Grade, Person, Record, Role
from lms_scoring.domain.identity import NameKind
from lms_scoring.domain.texts import Text
from lms_scoring.ports import Batch, Clock, Guess, Scope

GRADE_WORDS: Mapping[str, Grade] = MappingProxyType(
    {"不合格": Grade.FAIL, "合格": Grade.PASS, "良好": Grade.GOOD, "优秀": Grade.EXCELLENT}
)
ROLES: Mapping[str, Role] = MappingProxyType(
    {"student": Role.LEARNER, "teacher": Role.TUTOR, "editingteacher": Role.TUTOR}
)
_OVERLAP = 120
"""Seconds that a pull goes back behind the start of the last one; reading twice changes nothing."""
_WHOLE, _CHANGED = 100, 200
"""Calls that share a request: fewer where everything is read, so that much is kept as it goes on."""
_AT_ONCE = 500
"""Records in a batch."""
_FORMAT = 5
"""Of what a pull brings: after a cursor of an older one everything is read again."""


class MoodleSource:
    """The evidence of one course of a Moodle.

    name: the platform's in the settings. course: its id, idnumber or short name there.
    grade_words: what the words of its scales mean. roles: what its role short names make of people.
    given: the numbers by which it names people are the institution's.
    """

    def __init__(
        self,
        *,
        name: str,
        client: MoodleClient,
        course: str,
        clock: Clock,
        grade_words: Mapping[str, Grade] | None = None,
        roles: Mapping[str, Role] | None = None,
        given: Collection[NameKind] = (),
    ) -> None:
        self._name = name
        self._client = client
        self._course = course
        self._clock = clock
        self._grade_words = grade_words or GRADE_WORDS
        self._roles = roles or ROLES
        self._given = frozenset(given)

    @property
    def name(self) -> str:
        """The name of the platform in the settings."""
        return self._name

    @property
    def shared(self) -> bool:
        """It is one course of a Moodle that is read."""
        return False

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """People first, then each activity that may have changed, last who is in no list any more.

        Raises PlatformError, UnknownCourse. The cursor comes with the last batch only, and with it the
        scopes that were listed completely: a pull that ends early has marked nothing as gone.
        """
        try:
            yield from ahead(self._pull(cursor, full=full))
        finally:
            self._client.forget_ahead()

    def _pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        client = self._client
        begun = client.done
        info = client.ask(calls.site_info())
        client.batching = any(function.name == Function.BATCH for function in info.functions)
        now = client.server_time if client.server_time is not None else self._clock.now() // 1000
        before = None if full else read_cursor(cursor, settings=self._settings(), now=now)
        client.batch_size = _WHOLE if before is None else _CHANGED
        course = find_course(client, self._course).id if before is None else before.course
        outline = read_outline(client, course, roles=self._roles, before=before)
        nobody = not outline.roster.users
        yield replace(self._first(outline, course), done=client.done - begun, cut_short=nobody)
        if nobody:
            return
        pull = with_hidden_changes(self._begin(outline, course, before), outline.assignments)
        expected = _Expected(client, begun, _calls_to_come(pull, outline))
        for batch in _rest(pull, outline):
            yield from expected.counted(batch)
        yield expected.last(self._last(pull, outline, since=now - _OVERLAP))

    def _settings(self) -> str:
        words, roles = sorted(self._grade_words.items()), sorted(self._roles.items())
        return digest(_FORMAT, self._client.base_url, self._course, words, roles)

    def _site(self) -> Site:
        return Site(name=self._name, home=self._client.base_url, given=self._given)

    def _first(self, outline: Outline, course: int) -> Batch:
        site = self._site()
        called = [names_of(user) for user in outline.roster.users.values()]
        return Batch(
            people=outline.roster.people(site),
            activities=outline.activities(),
            records=outline.roster.memberships(site, course),
            guesses=outline.roster.guesses(site, course),
            tasks=list(task_texts(outline.assignments)),
            problems=(*outline.problems, *numbers_not_given(called, self._given, at=self._name)),
        )

    def _begin(self, outline: Outline, course: int, before: Cursor | None) -> Pull:
        pull = Pull(
            client=self._client,
            site=self._site(),
            course=course,
            roster=outline.roster,
            modules=outline.modules,
            grade_words=self._grade_words,
            changes=outline.changes,
            places_changed=before is None or before.roster != digest(outline.roster.places()),
            before=before,
        )
        pull.notes.roster_incomplete = not outline.roster_whole
        if before is not None:
            pull.notes.strangers |= {user for user in before.strangers if user not in outline.roster.users}
            pull.notes.deleted |= {user for user in before.deleted if user not in outline.roster.users}
            pull.notes.refused |= still_refused(pull, before)
        return pull

    def _last(self, pull: Pull, outline: Outline, *, since: int) -> Batch:
        batch = withdrawn_records(pull, outline.assignments)
        notes = pull.notes
        whole = [Scope(kind="membership", activity=None), *notes.whole]
        cursor = Cursor(
            settings=self._settings(),
            course=pull.course,
            since=since,
            read=[] if notes.roster_incomplete else sorted(notes.read),
            kinds=outline.kinds() if pull.before is None else {**pull.before.kinds, **outline.kinds()},
            learners=pack(dict.fromkeys({*pull.roster.learners, *notes.strangers}, 0)),
            suspended=pack(dict.fromkeys(pull.roster.suspended_learners, 0)),
            roster=digest(pull.roster.places()),
            flags=notes.flags,
            late=notes.late,
            dates=notes.dates,
            turn=notes.turn,
            topics=notes.topics,
            parts=pack(notes.parts),
            refused={cmid: pack(dict.fromkeys(users, 0)) for cmid, users in notes.refused.items() if users},
            strangers=sorted(notes.strangers),
            withdrawn=sorted(withdrawn(pull)),
            deleted=sorted(notes.deleted),
        )
        return replace(batch, whole=() if notes.roster_incomplete else whole, cursor=write_cursor(cursor))


def _rest(pull: Pull, outline: Outline) -> Iterator[Batch]:
    """Records and texts of people in no list are held back until these have been introduced."""
    held: list[Record] = []
    guessed: dict[tuple[str, str], Guess] = {}
    said: list[Text] = []
    known = {pull.site.account(user) for user in {*pull.roster.users, *pull.notes.strangers}}
    for batch in _lists(pull, outline):
        theirs = [record for record in batch.records if _person(record) not in known]
        held += theirs
        if theirs:
            guessed |= batch.guesses
        ours = [record for record in batch.records if _person(record) in known]
        said += [text for text in batch.texts if text.person not in known]
        texts = [text for text in batch.texts if text.person in known]
        yield replace(batch, records=ours, texts=texts)
    yield introduce(pull)
    yield Batch(records=held, texts=said, guesses=guessed)
    yield from read_scorms(pull)


def _lists(pull: Pull, outline: Outline) -> Iterator[Batch]:
    if pull.before is not None:
        pull.client.ahead(_foreseen(pull, outline))
    yield from read_assignments(pull, outline.assignments)
    yield from read_forums(pull, outline.forums)
    yield from read_entries(pull)


def _foreseen(pull: Pull, outline: Outline) -> Iterator[Foreseen]:
    """Where little has changed, each activity is a question or two: all readers' go together."""
    yield from assignments.foreseen(pull, outline.assignments)
    yield from forums.foreseen(pull, outline.forums)
    yield entries.foreseen(pull)
    yield from scorms.foreseen(pull)


def _person(record: Record) -> str:
    return "" if isinstance(record, Person | Decision) else getattr(record, "person", "")


def _calls_to_come(pull: Pull, outline: Outline) -> int:
    """A fair guess, for a progress bar."""
    learners = len(pull.roster.learners)
    assignments = sum(pull.must_read(each.cmid) for each in outline.assignments)
    topics = sum(forum.numdiscussions for forum in outline.forums if pull.must_read(forum.cmid))
    packages = sum(pull.must_read(module.id) for module in pull.modules_of("scorm"))
    return learners * (assignments + 2 * packages) + topics


@dataclass(slots=True)
class _Expected:
    """Counts a pull's calls on its batches, and cuts batches to a moderate size."""

    client: MoodleClient
    begun: int
    to_come: int

    def __post_init__(self) -> None:
        self.to_come += self.client.done - self.begun

    def counted(self, batch: Batch) -> Iterator[Batch]:
        """The batch in pieces with its progress; nothing for an empty one."""
        if not (batch.records or batch.people or batch.problems):
            return
        done = self.client.done - self.begun
        expected = max(done, self.to_come)
        for piece in _pieces(batch):
            yield replace(piece, done=done, expected=expected)

    def last(self, batch: Batch) -> Batch:
        """The batch at the end."""
        done = self.client.done - self.begun
        return replace(batch, done=done, expected=done)


def _pieces(batch: Batch) -> Iterable[Batch]:
    records, texts = batch.records, batch.texts
    yield replace(batch, records=records[:_AT_ONCE], texts=texts[:_AT_ONCE])
    for start in range(_AT_ONCE, max(len(records), len(texts)), _AT_ONCE):
        end = start + _AT_ONCE
        yield Batch(records=records[start:end], texts=texts[start:end], guesses=batch.guesses)

"""Cuts the recorded course to its first learners: who is left out was never there."""

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha1

import msgspec

from lms_scoring.demonstration.moodle_changes.forums import delete_post
from lms_scoring.demonstration.moodle_model import MoodleModel, Person


class Account(msgspec.Struct):
    """An account on a platform."""

    name: str | None = None


class Actor(msgspec.Struct):
    """Whose statement it is, by whichever identifier."""

    account: Account | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = None


class Told(msgspec.Struct):
    """A statement, as far as it names a person."""

    actor: Actor = msgspec.field(default_factory=Actor)


read_told = msgspec.json.Decoder(Told).decode


def keep_learners(model: MoodleModel, *, first: int) -> None:
    """Leaves that many learners, the lowest user ids, and everybody who is no learner of the lists."""
    left_out = {person.id for person in _left_out(model, first)}
    _cut_posts(model, left_out)
    _cut_hand_ins(model, left_out)
    _cut_the_rest(model, left_out)
    model.people = {user: person for user, person in model.people.items() if user not in left_out}
    for members in model.group_members.values():
        members[:] = [user for user in members if user not in left_out]


def told_by(statements: Iterable[bytes], people: frozenset[str]) -> Iterator[bytes]:
    """The statements of those people, who are named as by `names_of`."""
    for line in statements:
        actor = read_told(line).actor
        name = None if actor.account is None else actor.account.name
        if not people.isdisjoint({name, actor.mbox, actor.mbox_sha1sum} - {None}):
            yield line


def names_of(model: MoodleModel) -> frozenset[str]:
    """By what the recorded statements name the people of the model."""
    return frozenset(name for person in model.people.values() for name in _names(person))


def _left_out(model: MoodleModel, first: int) -> list[Person]:
    learners = [person for _, person in sorted(model.people.items()) if _learnt(person)]
    return learners[first:]


def _learnt(person: Person) -> bool:
    """Who is in no list any more learnt here once."""
    row = person.enrolled
    return row is None or "student" in {role["shortname"] for role in row["roles"]}


def _names(person: Person) -> Iterator[str]:
    yield str(person.id)
    row = person.enrolled
    if row is not None:
        address = f"mailto:{row['email']}"
        yield from (row["username"], address)
        yield sha1(address.encode(), usedforsecurity=False).hexdigest()


def _cut_hand_ins(model: MoodleModel, left_out: Collection[int]) -> None:
    for each in model.assignments.values():
        for user in left_out:
            each.hand_ins.pop(user, None)
            each.flags.pop(user, None)


def _cut_posts(model: MoodleModel, left_out: Collection[int]) -> None:
    for forum in model.forums.values():
        for number, topic in list(forum.discussions.items()):
            if topic.row["userid"] in left_out:
                del forum.discussions[number]
                continue
            while theirs := [post["id"] for post in topic.posts if post["author"]["id"] in left_out]:
                delete_post(model, post=theirs[0])


def _cut_the_rest(model: MoodleModel, left_out: Collection[int]) -> None:
    for scorm in model.scorms.values():
        scorm.attempts = {user: count for user, count in scorm.attempts.items() if user not in left_out}
        scorm.tracks = {key: told for key, told in scorm.tracks.items() if key[1] not in left_out}
    for overview in model.lesson_overviews.values():
        overview["students"] = [row for row in overview["students"] if row["id"] not in left_out]
    model.lesson_timers = {key: rows for key, rows in model.lesson_timers.items() if key[1] not in left_out}
    for told in model.entries.values():
        told["entries"] = [row for row in told["entries"] if row["userid"] not in left_out]
    model.blog_entries = [row for row in model.blog_entries if row["userid"] not in left_out]
    for told in model.h5p_attempts.values():
        told["usersattempts"] = [row for row in told["usersattempts"] if row["userid"] not in left_out]
    for user in left_out:
        model.completion.pop(user, None)
        model.grade_items.pop(user, None)

"""The roster of a course held against what its Moodle's own source says of it; it makes nobody anything.

Both tell of the same people, and a Moodle's roster tells less: it calls tutors learners, and names neither
classes nor who was suspended. So its roles are not believed here, and what only it says is told to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from adapters.lti.names_and_roles import NamesAndRoles
from adapters.lti.roster_source import whole_roster
from lms_scoring.domain.registration import Registration, person_of_subject, roster_name
from lms_scoring.ports import Batch, Problem, ProblemKind

_NAMED = 5
"""So many people are named by their ids; the rest is counted."""


class RosterCheck:
    """Yields no records: only what the roster says otherwise, as notices, each time anew.

    `places` tells, by person, who has or had a place in the course by the source called `platform`, and
    whether it is one of today; it is asked after that source was read. `erased` tells who of some people was
    erased here: what is told in words is kept as it is, so they must not come into it.
    """

    def __init__(
        self,
        roster: NamesAndRoles,
        registration: Registration,
        *,
        url: str | None,
        platform: str,
        places: Callable[[], Mapping[str, bool]],
        erased: Callable[[Collection[str]], Collection[str]],
    ) -> None:
        self.name = roster_name(registration.id)
        self.shared = False
        self._roster = roster
        self._registration = registration
        self._url = url
        self._platform = platform
        self._places = places
        self._erased = erased

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:  # no cursor: always whole
        """What differs. Raises PlatformError, for half a roster is none, and SealBroken where nobody can tell
        who was erased."""
        listed = whole_roster(self._roster, self._registration, self._url)
        people = {person_of_subject(self._registration, one.subject): one for one in listed}
        places = self._places()
        problems = []
        if places:  # else the other source has told nothing yet, which it says itself
            learning = {id_ for id_, one in people.items() if one.active and one.learner and not one.staff}
            there = {id_ for id_, one in people.items() if one.active}
            today = {id_ for id_, active in places.items() if active}
            more, fewer = learning - places.keys(), today - there
            nobody = frozenset(self._erased(more | fewer)) if more or fewer else frozenset[str]()
            problems = [*self._unknown(more - nobody), *self._absent(fewer - nobody)]
        yield Batch(problems=problems, done=len(listed), expected=len(listed))

    def _unknown(self, people: Collection[str]) -> Iterator[Problem]:
        if people:
            yield _notice(
                "roster_names_more",
                f"learners of the platform's roster who have no place in the course by source "
                f"{self._platform}: {_some(people)}. They have no score. Check that the service account may "
                "see every group there, and that their role there is one that counts (`roles` of the source)",
            )

    def _absent(self, people: Collection[str]) -> Iterator[Problem]:
        if people:
            yield _notice(
                "roster_names_fewer",
                f"members of the course by source {self._platform} whom the platform's roster does not name "
                f"as active: {_some(people)}. They stay what that source says. Who has left meanwhile is "
                "withdrawn by the next sync; if this stays, check that the platform's registration is joined "
                "to the right Moodle",
            )


def _notice(code: str, text: str) -> Problem:
    return Problem(kind=ProblemKind.NOTICE, code=code, text=text, subject="people")


def _some(people: Collection[str]) -> str:
    """How many, and the first of them by id, shorter ids first: 9 comes before 15."""
    first = sorted(people, key=lambda id_: (len(id_), id_))[:_NAMED]
    return f"{len(people)} ({', '.join(first)}{' …' if len(people) > _NAMED else ''})"

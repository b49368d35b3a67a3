"""Where a visitor may go in a course: the tabs above every page of it, and the list on the start page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from lms_scoring.services.access.seeing import View
from lms_scoring.web.addresses import address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere to go in a course; `words` is the key of what it is called."""

    words: str
    address: str
    has_rooms: bool = False
    """Whether pages whose addresses go on behind this one belong to it."""
    kin: tuple[str, ...] = ()
    """The blueprints whose pages belong to it, wherever their addresses are."""

    @property
    def is_here(self) -> bool:
        """Whether it is what this request asks for; what stands behind the question mark is a view of it."""
        inside = self.has_rooms and request.path.startswith(f"{self.address}/")
        return inside or request.blueprint in self.kin or request.path == self.address


def places(view: View) -> Iterator[Place]:
    """All there are for this visitor, the main one first. A page that all may see is listed for all."""
    course, root = view.course.id, request.script_root
    desk = _address("desks.overview", course, root)
    if view.classes and not view.everything:
        yield Place(words="nav.desk", address=desk, has_rooms=True)
    if view.everything:
        yield Place(words="nav.overview", address=_address("overviews.overview", course, root))
    if view.guides:
        yield Place(words="nav.board", address=_address("boards.board", course, root))
    if view.everything:
        yield Place(words="nav.class_work", address=desk, has_rooms=True)
    if view.roles:
        own = address_of("people.person", course=course, person=view.person or "")
        yield Place(words="nav.own_card", address=own)
    if view.guides:
        yield Place(
            words="nav.cases",
            address=_address("cases.listed", course, root),
            has_rooms=True,
            kin=("disputes",),
        )
    if view.everything:
        yield Place(
            words="nav.sync",
            address=_address("syncs.report", course, root),
            has_rooms=True,
            kin=("quarantines", "course_settings"),
        )
    yield Place(words="nav.scheme", address=_address("schemes.scheme", course, root), kin=("rescores",))
    if view.everything:
        yield Place(words="nav.closing", address=_address("closings.offer", course, root))


@lru_cache(maxsize=4_096)
def _address(endpoint: str, course: str, _root: str) -> str:
    """That of a page of a course: the same at all times where we are reached at `_root`."""
    return address_of(endpoint, course=course)

"""Visitors as text: how the store keeps what a link or a session says of whose it is."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import msgspec

from lms_scoring.ports import Grant, Launched, Visitor

_READ = msgspec.json.Decoder().decode
"""Every request asks: in half the time of Python's own."""


def text_of(visitor: Visitor) -> str:
    """The visitor as JSON."""
    fields: dict[str, Any] = {
        "person": visitor.person,
        "roles": [[grant.person, grant.role, grant.course] for grant in visitor.roles],
    }
    if visitor.launched is not None:
        fields["launched"] = _launched_fields(visitor.launched)
    return json.dumps(fields, ensure_ascii=False)


@lru_cache(maxsize=1024)
def visitor_of(text: str) -> Visitor:
    """The visitor again; what an older version wrote knows nothing of launches. Kept, for every request asks,
    and somebody's requests come one after another."""
    fields = _READ(text)
    roles = tuple(Grant(person=person, role=role, course=course) for person, role, course in fields["roles"])
    told = fields.get("launched")
    return Visitor(person=fields["person"], roles=roles, launched=None if told is None else _launched(told))


def _launched_fields(launched: Launched) -> dict[str, Any]:
    return {
        "registration": launched.registration,
        "context": launched.context,
        "subject": launched.subject,
        "course": launched.course,
        "learner": launched.learner,
        "staff": launched.staff,
        "administrator": launched.administrator,
        "groups": None if launched.groups is None else sorted(launched.groups),
        "for_subject": launched.for_subject,
        "frames": list(launched.frames),
        "deployment": launched.deployment,
        "launch": launched.launch,
        "locale": launched.locale,
        "ends_at": launched.ends_at,
    }


def _launched(fields: dict[str, Any]) -> Launched:
    groups = fields["groups"]
    return Launched(
        **{
            **fields,
            "groups": None if groups is None else frozenset(groups),
            "frames": tuple(fields["frames"]),
        }
    )

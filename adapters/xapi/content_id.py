"""The id of a statement that came without one: made from its content, so that reading it again adds nothing.

Moodle's logstore sends no ids (each LRS then gives its own), and files often have none.
"""

from __future__ import annotations

from uuid import UUID, uuid5

import msgspec

_NAMESPACE = UUID("6f1a3c0e-8a55-5c8e-9d3b-2f5f0e1f7a10")


def id_of_content(raw: bytes, *, account: str, verb: str, target: str, at: int) -> str:
    """A UUID of who did what with what, when, and the result. Display names and other spellings of the
    same account or time change nothing."""
    result = _RESULT.decode(raw).result
    content = msgspec.json.encode([account, verb, target, at, result], order="deterministic")
    return str(uuid5(_NAMESPACE, content.decode()))


class _Result(msgspec.Struct):
    result: object = None


_RESULT = msgspec.json.Decoder(_Result)

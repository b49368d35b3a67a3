"""The link to the next page in a Link header (RFC 8288), as real platforms write it.

A Moodle writes typographic quotes and `&amp;`: `<…?type_id=1&amp;limit=1>; rel=“next”`.
"""

from __future__ import annotations

import re

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION = re.compile(r"""(?:^|[;\s])rel\s*=\s*(?:["“”']([^"“”']*)|([^\s;,"“”']+))""", re.IGNORECASE)


def next_link(header: str) -> str | None:
    """The target of `rel="next"` as it stands, None where there is none."""
    for target, parameters in _LINK.findall(_as_utf8(header)):
        for quoted, bare in _RELATION.findall(parameters):
            if "next" in (quoted or bare).lower().split():
                return str(target).replace("&amp;", "&").strip()
    return None


def _as_utf8(header: str) -> str:
    """Headers are read as Latin-1; typographic quotes come as three letters each then."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header

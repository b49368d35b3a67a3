"""Whether an answer in JSON came whole: a body without a length ends wherever the connection does."""

from __future__ import annotations

import re

import msgspec

_IN_A_NUMBER = re.compile(rb"[-+.eE]\s*\Z")


def is_cut_off(body: bytes) -> bool:
    """Whether the text ends before what it began. One that is no JSON for another reason is not cut off."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "truncated" in str(error) or _IN_A_NUMBER.search(body[-64:]) is not None
    except RecursionError:
        return False
    return False

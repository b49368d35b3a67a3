"""Loads the recorded course that ships with the package: web-service calls and xAPI statements."""

import gzip
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import msgspec

RECORDED_BASE_URL = "http://127.0.0.1:8800"
"""Where the recorded Moodle stood; every mention of it is rewritten to where the stand-in stands."""


class RecordedCall(msgspec.Struct, frozen=True):
    """One recorded web-service call: what was asked, how long it took, what came back."""

    function: str
    params: dict[str, Any]
    seconds: float
    body: Any


def recorded_calls(base_url: str) -> list[RecordedCall]:
    """All 1,894 recorded calls in the order they were made, with the base URL rewritten to ``base_url``."""
    text = gzip.decompress(_data("moodle_calls.jsonl.gz")).replace(
        RECORDED_BASE_URL.encode(), base_url.encode()
    )
    decode = msgspec.json.Decoder(RecordedCall).decode
    return [decode(line) for line in text.splitlines() if line]


def recorded_statements(base_url: str) -> Iterator[bytes]:
    """The recorded statements in arrival order, repeats included, with the base URL rewritten."""
    ours = base_url.encode()
    theirs = RECORDED_BASE_URL.encode()
    place = files(__package__).joinpath("data", "statements.jsonl.gz")
    with place.open("rb") as packed, gzip.open(packed) as lines:
        for line in lines:
            yield line.rstrip(b"\n").replace(theirs, ours)


def _data(name: str) -> bytes:
    return files(__package__).joinpath("data", name).read_bytes()

"""Files of statements as a source of evidence: `.jsonl` and `.jsonl.gz`, one statement a line."""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import msgspec

from adapters.xapi.evidence import StatementReader
from adapters.xapi.pages import read_lines
from adapters.xapi.refusal import Refused
from adapters.xapi.source import batch_of
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.domain.failure import Instead
from lms_scoring.ports import Batch, Problem, ProblemKind

_SUFFIXES = (".jsonl", ".jsonl.gz")
_BLOCK = 1_000
"""Lines decoded at once."""
_LONGEST_LINE = 4 * 1024 * 1024
"""Bytes: a longer line is no statement, and is skipped without being held."""


class XapiFiles:
    """Statements out of files, or out of all such files in folders, nested or not.

    A file that did not change since the cursor is not read again. A line that cannot be used is refused
    with its number; a file that breaks off is reported as lost and read again next time.
    """

    def __init__(self, *, name: str, paths: Sequence[Path]) -> None:
        self._name = name
        self._paths = tuple(paths)

    @property
    def name(self) -> str:
        """The name of the platform in the settings."""
        return self._name

    @property
    def shared(self) -> bool:
        """Another course may name other files of the same name."""
        return False

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """All files that changed, block by block. Raises PlatformRefused when a path does not exist."""
        before = {} if full else _known(cursor)
        known: dict[str, str] = {}
        reader = StatementReader()
        done = 0
        for path in list(self._files()):
            state = _state(path)
            if before.get(str(path)) != state:
                try:
                    for block in _blocks(path):
                        done += len(block.numbers)
                        yield _batch(reader, block, path, done)
                except (OSError, EOFError, zlib.error) as error:
                    yield Batch(problems=(_broken(path, error),), done=done)
                    continue
            known[str(path)] = state
        yield Batch(cursor=msgspec.json.encode(_Cursor(known, texts=True)).decode(), done=done)

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if path.is_dir():
                yield from sorted(each for each in path.rglob("*") if each.name.endswith(_SUFFIXES))
            elif path.is_file():
                yield path
            else:
                raise PlatformRefused(
                    self._name,
                    str(path),
                    "there is no such file or folder; check the path in the settings",
                    instead=Instead.NOT_THERE,
                )


class _Cursor(msgspec.Struct):
    files: dict[str, str]
    texts: bool = False
    """Whether the texts of posts were read too: an older program left them out."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without their ends, and their numbers; `too_long` are lines that were skipped, with theirs."""

    numbers: list[int]
    lines: list[bytes]
    too_long: list[tuple[int, _TooLong]]


@dataclass(frozen=True, slots=True)
class _TooLong:
    """A line that is too long to be held, as far as it was."""

    begins: bytes


def _known(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    try:
        before = msgspec.json.decode(cursor, type=_Cursor)
    except msgspec.MsgspecError:
        return {}  # of another version of this program: everything is read again, which harms nothing
    return before.files if before.texts else {}


def _state(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _blocks(path: Path) -> Iterator[_Block]:
    with _opened(path) as stream:
        block = _Block([], [], [])
        for number, line in enumerate(_lines(stream), start=1):
            if isinstance(line, _TooLong):
                block.too_long.append((number, line))
            elif line:
                block.numbers.append(number)
                block.lines.append(line)
            if len(block.lines) >= _BLOCK:
                yield block
                block = _Block([], [], [])
        yield block


def _opened(path: Path) -> BinaryIO:
    if path.name.endswith(".gz"):
        return BufferedReader(gzip.open(path))
    return path.open("rb")


def _lines(stream: BinaryIO) -> Iterator[bytes | _TooLong]:
    """Lines without white space around them."""
    first = True
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield _TooLong(line)
        else:
            yield (line.removeprefix(BOM_UTF8) if first else line).strip()
        first = False


def _batch(reader: StatementReader, block: _Block, path: Path, done: int) -> Batch:
    def place(refused: Refused) -> str:
        return f"{path.name}, line {block.numbers[refused.index]}"

    batch = batch_of(reader.read(read_lines(block.lines)), place, done=done)
    skipped = tuple(_too_long(path, number, line) for number, line in block.too_long)
    return replace(batch, problems=(*batch.problems, *skipped))


def _too_long(path: Path, number: int, line: _TooLong) -> Problem:
    return Problem(
        kind=ProblemKind.REFUSED,
        code="line_too_long",
        text=f"{path.name}, line {number}: longer than {_LONGEST_LINE} bytes, which no statement is. It was "
        "skipped; check that the file has one statement a line.",
        subject=f"{path.name}, line {number}",
        raw=line.begins,
    )


def _broken(path: Path, error: Exception) -> Problem:
    return Problem(
        kind=ProblemKind.LOST,
        code="file_unreadable",
        text=f"{path.name}: it could not be read to its end ({type(error).__name__}). What was read is kept; "
        "copy the file again, check its permissions, and sync again.",
        subject=path.name,
    )

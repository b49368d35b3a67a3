"""Files of statements as a source of evidence: `.jsonl` and `.jsonl.gz`, one statement a line."""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from os import fsencode, walk
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

import msgspec

from adapters.json_text import is_cut_off
from adapters.xapi.evidence import FORMAT, StatementReader
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
    with its number. Where a file breaks off, what follows is lost: it is told with the line, the pull was cut
    short, and the file is read again next time. The same goes for a folder that cannot be listed, has no
    file, or has none of those that were there: a share that is not mounted looks like that.
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
        """All files that changed, block by block; no cursor moves past a folder that was not read. Raises
        PlatformRefused when a path does not exist."""
        before = {} if full else _known(cursor)
        known: dict[str, str] = {}
        reader = StatementReader()
        done = 0
        files, missed = self._listed(before)
        for path in files:
            try:
                state = _state(path)
                if before.get(_told(path)) != state:
                    for block in _blocks(path):
                        done += len(block.numbers)
                        yield _batch(reader, block, path, done)
            except _BrokenOff as error:
                yield Batch(problems=(_lost(path, error),), done=done, cut_short=True)
                continue
            known[_told(path)] = state
        if missed:
            yield Batch(problems=missed, done=done, cut_short=True)
        else:
            yield Batch(cursor=msgspec.json.encode(_Cursor(known, format=FORMAT)).decode(), done=done)

    def _listed(self, before: Collection[str]) -> tuple[list[Path], list[Problem]]:
        """The files, and what is to be told of folders that are not as they should be."""
        files: list[Path] = []
        missed: list[Problem] = []
        for path in self._paths:
            mode = _mode(path)
            if S_ISDIR(mode):
                inside, errors = _files_in(path)
                files += inside
                missed += [_unlisted(path, error) for error in errors] or _emptied(path, inside, before)
            elif S_ISREG(mode):
                files.append(path)
            else:
                raise PlatformRefused(
                    self._name,
                    _told(path),
                    "there is no such file or folder, or it may not be looked at; check the path in the "
                    "settings, and the permissions of the folders above it",
                    instead=Instead.NOT_THERE,
                )
        return files, missed


class _Cursor(msgspec.Struct):
    files: dict[str, str]
    format: int = 0


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


class _BrokenOff(Exception):
    """A file cannot be read from a line on."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        self.why = why
        super().__init__(f"line {line}: {why}")


def _known(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    try:
        before = msgspec.json.decode(cursor, type=_Cursor)
    except msgspec.MsgspecError:
        return {}  # of another version of this program: everything is read again, which harms nothing
    return before.files if before.format == FORMAT else {}


def _mode(path: Path) -> int:
    """0 where there is nothing, or nothing that may be looked at."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _files_in(folder: Path) -> tuple[list[Path], list[OSError]]:
    """All files of statements beneath a folder, and why folders of it could not be listed."""
    errors: list[OSError] = []
    found = [
        Path(place) / name
        for place, _, names in walk(folder, onerror=errors.append)
        for name in names
        if name.endswith(_SUFFIXES)
    ]
    return sorted(found), errors


def _emptied(folder: Path, files: Sequence[Path], before: Collection[str]) -> list[Problem]:
    """One to tell where there is nothing, or nothing of what was there before."""
    beneath = [name for name in before if folder in Path(name).parents]
    there = {_told(path) for path in files}
    if files and (not beneath or any(name in there for name in beneath)):
        return []
    return [_without_files(folder, instead_of=len(beneath), others=len(files))]


def _told(path: Path) -> str:
    """The path as it can be written down: on a disk a name need not be UTF-8."""
    return fsencode(path).decode(errors="backslashreplace")


def _state(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError as error:
        raise _BrokenOff(1, type(error).__name__) from error
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _blocks(path: Path) -> Iterator[_Block]:
    """All that can be read, then raises _BrokenOff where that is not all there is."""
    block, number = _Block([], [], []), 0
    try:
        with _opened(path) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                if isinstance(line, _TooLong):
                    block.too_long.append((number, line))
                elif line:
                    block.numbers.append(number)
                    block.lines.append(line)
                if len(block.lines) >= _BLOCK:
                    yield block
                    block = _Block([], [], [])
    except (OSError, EOFError, zlib.error) as error:
        yield block
        raise _BrokenOff(number + 1, type(error).__name__) from error
    yield block


def _opened(path: Path) -> BinaryIO:
    if path.name.endswith(".gz"):
        return BufferedReader(gzip.open(path))
    return path.open("rb")


def _lines(stream: BinaryIO) -> Iterator[bytes | _TooLong]:
    """Lines without white space around them. Raises EOFError where the last one is only begun."""
    first = True
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield _TooLong(line)
        else:
            text = (line.removeprefix(BOM_UTF8) if first else line).strip()
            if text and not line.endswith(b"\n") and is_cut_off(text):
                raise EOFError
            yield text
        first = False


def _batch(reader: StatementReader, block: _Block, path: Path, done: int) -> Batch:
    def place(refused: Refused) -> str:
        return f"{_named(path)}, line {block.numbers[refused.index]}"

    batch = batch_of(reader.read(read_lines(block.lines)), place, done=done)
    skipped = tuple(_too_long(path, number, line) for number, line in block.too_long)
    return replace(batch, problems=(*batch.problems, *skipped))


def _too_long(path: Path, number: int, line: _TooLong) -> Problem:
    return Problem(
        kind=ProblemKind.REFUSED,
        code="line_too_long",
        text=f"{_named(path)}, line {number}: longer than {_LONGEST_LINE} bytes, which no statement is. It "
        "was skipped; check that the file has one statement a line.",
        subject=f"{_named(path)}, line {number}",
        raw=line.begins,
    )


def _lost(path: Path, broken: _BrokenOff) -> Problem:
    return Problem(
        kind=ProblemKind.LOST,
        code="file_unreadable",
        text=f"{_named(path)}, line {broken.line}: from here on it could not be read ({broken.why}). What "
        "was read is kept, and nothing is taken for gone; copy the file again, check its permissions, and "
        "sync again.",
        subject=_named(path),
    )


def _unlisted(folder: Path, error: OSError) -> Problem:
    where = _told(folder) if error.filename is None else _told(Path(error.filename))
    return Problem(
        kind=ProblemKind.LOST,
        code="folder_unreadable",
        text=f"{where}: the folder cannot be listed ({error.strerror}), so what is in it was not "
        "read. Nothing is taken for gone; check its permissions, and sync again.",
        subject=where,
    )


def _without_files(folder: Path, *, instead_of: int, others: int) -> Problem:
    where = _told(folder)
    if others:
        what = (
            f"none of the {instead_of} files that were read is in the folder any more. The others were read, "
            "and nothing is taken for gone; if it is a share, see that the right one is mounted. If the "
            "files were taken away on purpose, sync once with --full."
        )
    else:
        what = (
            "there is no file of statements in the folder. Nothing is taken for gone; if it is a share, see "
            "that it is mounted, else put the files there, and sync again."
        )
    return Problem(kind=ProblemKind.LOST, code="folder_without_files", text=f"{where}: {what}", subject=where)


def _named(path: Path) -> str:
    return _told(Path(path.name))

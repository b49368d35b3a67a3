"""A roster as a CSV table, as offices have it: one person and class a row, the columns named in the first."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from adapters.roster_file.accounts import account_on, mail_accounts
from adapters.roster_file.roster import Entry, Unusable
from lms_scoring.domain import identity
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role

COLUMNS = (
    "id",
    "name",
    "role",
    "class",
    "status",
    "username",
    "email",
    "openid",
    "home_page",
    "idnumber",
)
"""Only `id` is needed; others are ignored."""

_ROLES = {
    "": Role.LEARNER,
    "learner": Role.LEARNER,
    "tutor": Role.TUTOR,
    "学员": Role.LEARNER,
    "辅导教师": Role.TUTOR,
}
_DELIMITERS = ",;\t"


def entries_of_table(content: bytes) -> Iterator[Entry | Unusable]:
    """What the rows say. Raises MalformedEvidence when this is no table with an `id` column at all."""
    text = _text(content)
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise MalformedEvidence(
            f"its first line is no row of a table ({error}); correct its quotation marks, or save it as CSV "
            "again"
        ) from error
    if "id" not in columns:
        raise MalformedEvidence(f"its first line must name the columns ({', '.join(COLUMNS)}); id is missing")
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _entry_or_fault(_Row(rows.line_num, delimiter, row), columns)
    except csv.Error as error:
        rest = "".join(text.splitlines(keepends=True)[rows.line_num - 1 :])
        reason = f"it and what follows is no table ({error})"
        yield Unusable(line=rows.line_num, reason=reason, text=rest.encode())


def _text(content: bytes) -> str:
    """Strictly UTF-8, with or without a byte order mark; else GB18030, which Chinese offices save."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedEvidence("it is neither UTF-8 nor GB18030; save it as CSV in UTF-8")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row, with the number of its last line and what parts its cells."""

    line: int
    delimiter: str
    cells: list[str]

    @property
    def text(self) -> bytes:
        """The row as it would be written."""
        return self.delimiter.join(self.cells).encode()


def _entry_or_fault(row: _Row, columns: list[str]) -> Entry | Unusable:
    if len(row.cells) > len(columns):
        reason = f"it has {len(row.cells)} cells and the first line {len(columns)}"
        return Unusable(line=row.line, reason=reason, text=row.text)
    cells = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=False)}
    try:
        return _entry(row, {name: cells.get(name, "") for name in COLUMNS})
    except MalformedEvidence as error:
        return Unusable(line=row.line, reason=str(error), text=row.text)


def _entry(row: _Row, cells: Mapping[str, str]) -> Entry:
    id_ = cells["id"]
    if not id_:
        raise MalformedEvidence("the id is empty")
    role = _ROLES.get(cells["role"].lower())
    if role is None:
        raise MalformedEvidence("the role is neither learner nor tutor")
    membership = Membership(
        id=f"{id_}-{role}-{cells['class']}",
        person=id_,
        role=role,
        class_=cells["class"] or None,
        status=_status(cells["status"]),
    )
    return Entry(
        line=row.line,
        text=row.text,
        id=id_,
        name=cells["name"],
        accounts=tuple(_accounts(cells)),
        membership=membership,
    )


def _status(text: str) -> MembershipStatus:
    try:
        return MembershipStatus(text.lower() or MembershipStatus.ACTIVE)
    except ValueError as error:
        raise MalformedEvidence("the status is neither active nor withdrawn") from error


def _accounts(cells: Mapping[str, str]) -> Iterator[str]:
    """The platform's id first: a user name may be given to somebody else one day."""
    if cells["home_page"]:
        for name in dict.fromkeys((cells["id"], cells["username"], cells["idnumber"])):
            if name:
                yield account_on(cells["home_page"], name)
    if cells["email"]:
        yield from mail_accounts(cells["email"])
    if cells["openid"]:
        yield identity.openid(cells["openid"])

"""A person's own file: all that is kept of them as a ZIP of JSON lines, a file for each kind of thing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from lms_scoring.domain.errors import ExportError
from lms_scoring.domain.instants import iso
from lms_scoring.ports import Held
from lms_scoring.private_file import begun

MEANING: Mapping[str, str] = {
    "person": "the id and the name",
    "account": "the accounts by which platforms know the person",
    "joined_account": "accounts that were joined to the person here by hand",
    "evidence": "records in all versions (places, hand-ins, posts, study time), and decisions",
    "seen_record": "records that the sync under way has seen again",
    "watch_event": "events of watching",
    "lms_statement": "what a learning record store tells of homework, posts and marks",
    "voided_statement": "statements that were taken back",
    "evidence_text": "what the person wrote",
    "text_mark": "marks by which works that are alike find each other",
    "text_touched": "texts that are to be looked at again",
    "touched": "evidence that is to be scored again",
    "scorecard": "the latest card of each place",
    "scorecard_version": "every card there was",
    "scorecard_detail": "the latest card with every finding, and what it still needs",
    "measured": "what was measured for the card",
    "proceeding": "cases and disputes about the person's records",
    "proceeding_step": "steps of cases and disputes: about the person, or taken by the person",
    "case_text": "the person's texts that lie with a case",
    "frozen_evidence": "what the card of a closed programme was made of",
    "frozen_membership": "the places in a closed programme",
    "outgoing_grade": "grades sent to a platform's gradebook, or waiting",
    "grade_step": "what became of each grade; grades of others that the person sent again",
    "platform_subject": "what a platform that launches us calls the person",
    "session": "sessions under way",
    "sign_in_link": "links by which the person may sign in",
    "access_grant": "roles that were given here",
    "signed_act": "acts by the person, or about the person",
    "problem": "what syncs could not do with something of the person",
    "quarantined": "records of the person that no sync could use",
}
"""What lies in each file of the ZIP."""


def write_person(file: Path, person: str, held: Iterable[Held], *, at: int) -> Counter[str]:
    """Writes the file, readable by its owner alone; how many pieces of each kind. Raises ExportError."""
    counts = Counter[str]()
    try:
        handle = begun(file)
    except FileExistsError as error:
        raise ExportError(f"{file} is there already, and nothing was written; name another file") from error
    with os.fdopen(handle, "wb") as raw, ZipFile(raw, "w", ZIP_DEFLATED) as archive:
        for (what, goes), pieces in groupby(held, key=lambda one: (one.what, one.goes)):
            with archive.open(f"{what}{'' if goes else '-of-others'}.ndjson", "w", force_zip64=True) as lines:
                for piece in pieces:
                    counts[what] += 1
                    lines.write(json.dumps(piece.fields, ensure_ascii=False).encode() + b"\n")
        about = {
            "person": person,
            "written_at": iso(at),
            "counts": counts,
            "meaning": MEANING,
            "notes": NOTES,
        }
        archive.writestr("about.json", json.dumps(about, ensure_ascii=False, indent=1))
    return counts


NOTES = [
    "Each .ndjson file has one JSON object a line. Instants and lengths of time are in milliseconds, UTC.",
    "Points and grades are exact rationals as text. `body` is JSON; bytes are in hexadecimal.",
    "Files that end by -of-others are what others' records say of the person, and acts.",
]

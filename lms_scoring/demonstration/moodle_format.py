"""Writes answers the way Moodle does: PHP's JSON, or the old XML."""

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lms_scoring.demonstration.moodle_errors import MoodleError


def to_json(value: Any) -> str:
    """JSON as PHP writes it: everything outside ASCII and every slash escaped."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/")


def to_xml(value: Any) -> str:
    """The answer in Moodle's own XML, which comes when JSON was not asked for."""
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n{_element(value)}</RESPONSE>\n'


def error_to_xml(error: MoodleError) -> str:
    """An exception in Moodle's XML."""
    code = f"<ERRORCODE>{escape(error.errorcode or '')}</ERRORCODE>\n"
    message = f"<MESSAGE>{escape(error.message)}</MESSAGE>\n"
    head = f'<?xml version="1.0" encoding="UTF-8" ?>\n<EXCEPTION class={quoteattr(error.exception)}>\n'
    return f"{head}{code}{message}</EXCEPTION>\n"


def _element(value: Any) -> str:
    if isinstance(value, dict):
        keys = "".join(
            f"<KEY name={quoteattr(name)}>{_element(each)}</KEY>\n" for name, each in value.items()
        )
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if isinstance(value, list):
        return f"<MULTIPLE>\n{''.join(_element(each) for each in value)}</MULTIPLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    return f"<VALUE>{escape(str(int(value) if isinstance(value, bool) else value))}</VALUE>\n"

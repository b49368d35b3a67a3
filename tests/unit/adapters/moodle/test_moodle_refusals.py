"""Refusals of a Moodle in words."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from adapters.moodle.refusals import Refusal, ends_everything, error_of
from lms_scoring.domain.errors import PlatformBusy, PlatformError, PlatformRefused, RecordRefused

REFUSALS = Path(__file__).parents[3] / "fixtures" / "moodle" / "refusals"
RECORDED: list[tuple[str, type[PlatformError], str]] = [
    ("bad_token", PlatformRefused, "the token is unknown"),
    ("function_not_in_service", PlatformRefused, "external service"),
    ("function_unknown", PlatformRefused, "does not know the function"),
    ("maintenance_mode_db", PlatformBusy, "maintenance mode"),
    ("force_password_change", PlatformRefused, "change its password"),
    ("missing_capability_scorm", RecordRefused, "lacks a capability"),
    ("service_account_suspended", PlatformRefused, "is suspended"),
    ("unknown_course_contents", RecordRefused, "no such record"),
    ("missing_param", RecordRefused, "does not take the parameters"),
    ("debug_on_unknown_disc", RecordRefused, "Moodle refused"),
    ("submission_status_deleted", RecordRefused, "account was deleted"),
    ("submission_status_unenrolled", RecordRefused, "left the course"),
    ("assign_participant_suspended", RecordRefused, "enrolled"),
]


@pytest.mark.parametrize(("name", "kind", "text"), RECORDED)
def test_a_recorded_refusal_is_told_in_words(name: str, kind: type[PlatformError], text: str) -> None:
    error = recorded(name)
    assert isinstance(error, kind)
    assert text in str(error)
    assert str(error).startswith("campus: some_function: ")


def test_every_recorded_refusal_is_tried() -> None:
    assert {path.stem for path in REFUSALS.iterdir()} == {name for name, _, _ in RECORDED}


@pytest.mark.parametrize("name", [name for name, _, _ in RECORDED])
def test_only_what_concerns_the_account_or_site_ends_everything(name: str) -> None:
    ending = {"bad_token", "maintenance_mode_db", "force_password_change", "service_account_suspended"}
    assert ends_everything(recorded(name)) is (name in ending)


def test_moodles_own_message_is_not_passed_on() -> None:
    """It is in the account's language, and may name a person."""
    refusal = Refusal(exception="x", errorcode="wsaccessusersuspended", message="Refused for svc_evidence")
    assert "svc_evidence" not in str(error_of(refusal, platform="campus", call="f"))


def recorded(name: str) -> PlatformError:
    refusal = msgspec.json.decode((REFUSALS / f"{name}.json").read_bytes(), type=Refusal)
    return error_of(refusal, platform="campus", call="some_function")

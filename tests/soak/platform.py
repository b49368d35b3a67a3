"""The demonstration platform in a process of its own, and what happens there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

_PATIENCE = 60.0
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the platform is, and how it is told what somebody does there."""

    addresses: Mapping[str, Any] = field(repr=False)

    @property
    def moodle(self) -> str:
        """The address of its Moodle."""
        return str(self.addresses["moodle"]["url"])

    def change(self, name: str, **arguments: Any) -> Any:
        """Makes a change of its Moodle, by the name that it has there."""
        told = requests.post(
            f"{self.moodle}/demonstration/change", json={"change": name, **arguments}, timeout=_PATIENCE
        )
        assert told.ok, told.text
        return told.json()["done"]

    def watch(self, statements: Sequence[Mapping[str, Any]]) -> None:
        """Its record store is told what was watched."""
        lrs = self.addresses["lrs"]
        for first in range(0, len(statements), _BATCH):
            told = requests.post(
                f"{lrs['url']}/statements",
                json=statements[first : first + _BATCH],
                auth=(lrs["key"], lrs["secret"]),
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=_PATIENCE,
            )
            assert told.ok, told.text

    def settings(self) -> dict[str, str]:
        """How an installation reaches it."""
        moodle, lrs = self.addresses["moodle"], self.addresses["lrs"]
        return {
            "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
            "LMS_SCORING_PLATFORM_MOODLE_KIND": "moodle",
            "LMS_SCORING_PLATFORM_MOODLE_URL": moodle["url"],
            "LMS_SCORING_PLATFORM_MOODLE_TOKEN": moodle["token"],
            "LMS_SCORING_PLATFORM_LRS_KIND": "xapi",
            "LMS_SCORING_PLATFORM_LRS_URL": lrs["url"],
            "LMS_SCORING_PLATFORM_LRS_KEY": lrs["key"],
            "LMS_SCORING_PLATFORM_LRS_SECRET": lrs["secret"],
        }


@contextmanager
def running_platform() -> Iterator[Platform]:
    """Until the block ends. Elsewhere it has a machine of its own: here it gives way to what is measured."""
    program = [sys.executable, "-m", "lms_scoring.demonstration", "--until-stdin-closes"]
    command = ["nice", "-n", "10", *program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Platform(json.loads(process.stdout.readline()))
        finally:
            process.communicate()

"""The stand-in platform in a process of its own, and an installation that syncs from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import requests

COURSE = "lc2024"


@contextmanager
def running_platform(*options: str) -> Iterator[Mapping[str, Any]]:
    """Its addresses and credentials; `options` are those of `python -m lms_scoring.demonstration`."""
    command = [sys.executable, "-m", "lms_scoring.demonstration", "--until-stdin-closes", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate()


def change(platform: Mapping[str, Any], name: str, **arguments: Any) -> None:
    """Makes a change of the stand-in Moodle, by the name that it has there."""
    told = {"change": name, **arguments}
    answer = requests.post(f"{platform['moodle']['url']}/demonstration/change", json=told, timeout=60)
    answer.raise_for_status()


def settings(platform: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """An environment in which everything is kept in the folder."""
    moodle, lrs = platform["moodle"], platform["lrs"]
    return {
        "LMS_SCORING_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite'}",
        "LMS_SCORING_COURSES": str(files("config.courses")),
        "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "LMS_SCORING_PLATFORM_MOODLE_KIND": "moodle",
        "LMS_SCORING_PLATFORM_MOODLE_URL": moodle["url"],
        "LMS_SCORING_PLATFORM_MOODLE_TOKEN": moodle["token"],
        "LMS_SCORING_PLATFORM_LRS_KIND": "xapi",
        "LMS_SCORING_PLATFORM_LRS_URL": lrs["url"],
        "LMS_SCORING_PLATFORM_LRS_KEY": lrs["key"],
        "LMS_SCORING_PLATFORM_LRS_SECRET": lrs["secret"],
    }


def in_folder(environment: Mapping[str, str], folder: Path, *command: str) -> str:
    """What a command of Python prints, run in that folder and that environment."""
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parent.parent)},
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    return ran.stdout

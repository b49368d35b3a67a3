"""The installation that a command works on: this folder and this environment."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.ports import ADMINISTRATOR as ADMINISTERING
from lms_scoring.services.access.roles import nobody_with

ADMINISTRATOR = nobody_with(ADMINISTERING)
"""Whoever may run commands here may read the database anyway."""


def here(*, must_exist: bool = False) -> Installation:
    """Raises SettingsMistakes with everything that is wrong with the settings.

    `must_exist`: for commands that only read; raises StoreNotReady where nothing was ever stored.
    """
    found = installation(os.environ, working_folder=Path.cwd(), must_exist=must_exist)
    click.get_current_context().call_on_close(found.close)
    return found

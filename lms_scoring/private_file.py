"""New files that their owner alone can read, whatever the umask says."""

from __future__ import annotations

import os
from pathlib import Path

OURS_ALONE = 0o600
"""Reading and writing for the owner, and nothing for anybody else."""


def begun(path: Path) -> int:
    """The descriptor of a new file, to be written. Raises FileExistsError, and other OSErrors."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE)

"""Peak memory of a whole `sync` for forty thousand and for four hundred thousand statements."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from benchmarks.platform import COURSE, in_folder, running_platform, settings

LIMIT = 120.0
"""MB (a million bytes), whatever the number of statements."""
COPIES = (1, 10)
_UPGRADE = "from lms_scoring.cli import main; main(['db', 'upgrade'])"


def main() -> bool:
    """Prints both peaks; True if they are under the limit."""
    within = [_within(copies) for copies in COPIES]
    return all(within)


def peak() -> float:
    """The most memory this process ever had, in MB. Not what the system counts for a child, which begins
    with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024 / 1_000_000


def _within(copies: int) -> bool:
    with (
        running_platform("--copies", str(copies)) as platform,
        tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as name,
    ):
        folder = Path(name)
        begin = time.perf_counter()
        environment = settings(platform, folder)
        in_folder(environment, folder, "-c", _UPGRADE)  # once a version, not every night
        printed = in_folder(environment, folder, "-m", "benchmarks.memory")
        seconds = time.perf_counter() - begin
    new = re.search(rf"{COURSE} lrs: done; (\d+) new", printed)
    assert new is not None, printed
    reached = float(printed.rpartition("peak ")[2])
    print(
        f"memory: sync of {int(new[1]):,} statements and the Moodle course in {seconds:.0f} s, "
        f"peak {reached:.0f} MB (limit {LIMIT:g})"
    )
    return reached < LIMIT


if __name__ == "__main__":
    from lms_scoring.cli import main as command

    try:
        command(["sync", COURSE], standalone_mode=False)
    finally:
        print(f"peak {peak()}")

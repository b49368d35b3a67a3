"""A Python environment of its own for a peer whose pins clash with ours, kept under `.cache`.

`python -m tests.own_environment NAME REQUIREMENTS` makes one beforehand, so that no test waits for it.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def python_of(name: str, requirements: Path, *, what: str) -> Path:
    """Its Python; made when it is missing or its requirements changed (a minute or more).

    Raises RuntimeError with pip's own words when it cannot be made: the tests must not pass without it.
    """
    home = ROOT / ".cache" / name
    home.parent.mkdir(exist_ok=True)
    with (home.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes side by side make it once
        python, ready = home / "bin" / "python", home / "ready"
        if not ready.exists() or ready.read_text() != requirements.read_text():
            _run([sys.executable, "-m", "venv", "--clear", str(home)], what=what, home=home)
            pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            _run([*pip, "-r", str(requirements)], what=what, home=home)
            ready.write_text(requirements.read_text())
    return python


def _run(command: list[str], *, what: str, home: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"{what} cannot be set up in {home.relative_to(ROOT)}. Is the package index reachable? "
            f"pip said:\n"
            f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


if __name__ == "__main__":
    python_of(sys.argv[1], Path(sys.argv[2]), what=sys.argv[1])

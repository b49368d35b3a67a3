"""Open edX's own LTI 1.3 code from PyPI, in an environment of its own under `.cache/open-edx`.

It pins a web framework and some fifty packages that we have no use for, so it runs as a process of its own
that is asked by lines of JSON; nothing goes over a network.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
_HOME = _ROOT / ".cache" / "open-edx"
_REQUIREMENTS = Path(__file__).with_name("open-edx-requirements.txt")
_PROGRAM = Path(__file__).with_name("open_edx_process.py")


class RefusedByOpenEdx(Exception):
    """It refuses what it was asked; the message is the name of its own error."""


@dataclass(frozen=True)
class OpenEdx:
    """A platform of that make, for one tool."""

    process: subprocess.Popen[str]

    def ask(self, question: str, **values: Any) -> Any:
        """Its answer. Raises RefusedByOpenEdx."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"ask": question, **values}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        if "refused" in answer:
            raise RefusedByOpenEdx(answer["refused"])
        return answer["answer"]


@contextmanager
def open_edx(**settings: str) -> Iterator[OpenEdx]:
    """The platform until the block ends; `settings` are the arguments of its consumer."""
    command = [str(_python()), "-W", "ignore", str(_PROGRAM), json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield OpenEdx(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


def _python() -> Path:
    """The Python of its environment; made when it is missing or its requirements changed (a minute).

    Raises RuntimeError with pip's own words when it cannot be made: the tests must not pass without it.
    """
    _HOME.parent.mkdir(exist_ok=True)
    with (_HOME.parent / "open-edx.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes side by side make it once
        python, ready = _HOME / "bin" / "python", _HOME / "ready"
        if not ready.exists() or ready.read_text() != _REQUIREMENTS.read_text():
            _run([sys.executable, "-m", "venv", "--clear", str(_HOME)])
            pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            _run([*pip, "-r", str(_REQUIREMENTS)])
            ready.write_text(_REQUIREMENTS.read_text())
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"Open edX's LTI code, which the tests launch us by, cannot be set up in "
            f"{_HOME.relative_to(_ROOT)}. Is the package index reachable? pip said:\n"
            f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )

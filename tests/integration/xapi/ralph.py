"""Ralph, a real LRS from PyPI, in an environment of its own under `.cache/ralph`, on a loopback port."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_HOME = _ROOT / ".cache" / "ralph"
_REQUIREMENTS = Path(__file__).with_name("ralph-requirements.txt")
_HASH = "import bcrypt, sys; print(bcrypt.hashpw(sys.stdin.buffer.read(), bcrypt.gensalt(4)).decode())"


@dataclass(frozen=True)
class Ralph:
    """Where it listens, and who may read and write everything."""

    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


def install_ralph() -> Path:
    """The Python of Ralph's environment; made when it is missing or its requirements changed (minutes).

    Raises RuntimeError with pip's own words when it cannot be made: the tests must not pass without it.
    """
    _HOME.parent.mkdir(exist_ok=True)
    with (_HOME.parent / "ralph.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes side by side make it once
        python, ready = _HOME / "bin" / "python", _HOME / "ready"
        if not ready.exists() or ready.read_text() != _REQUIREMENTS.read_text():
            _run([sys.executable, "-m", "venv", "--clear", str(_HOME)])
            pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            _run([*pip, "-r", str(_REQUIREMENTS)])
            ready.write_text(_REQUIREMENTS.read_text())
    return python


@contextmanager
def running_ralph(folder: Path, *, page_limit: int) -> Iterator[Ralph]:
    """Serves an empty Ralph with its file-system store in the folder until the block ends."""
    python = install_ralph()
    ralph = Ralph("", secrets.token_hex(8), secrets.token_hex(16))
    _write_credentials(python, ralph, folder / "auth.json")
    log = folder / "ralph.log"
    with socket.create_server(("127.0.0.1", 0)) as door, log.open("wb") as said:
        url = f"http://127.0.0.1:{door.getsockname()[1]}/xAPI"
        server = subprocess.Popen(
            [
                str(python),
                "-m",
                "uvicorn",
                "ralph.api:app",
                "--fd",
                str(door.fileno()),
                "--log-level",
                "error",
            ],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **_settings(folder, page_limit)},
            pass_fds=[door.fileno()],
            stdout=said,
            stderr=said,
        )
    try:
        yield Ralph(url, ralph.key, ralph.secret)
    finally:
        ended = server.poll()
        server.terminate()
        server.wait(timeout=30)
        if ended is not None:
            raise RuntimeError(f"Ralph ended by itself ({ended}). It said:\n{log.read_text()[-2000:]}")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"Ralph, the LRS that the tests read, cannot be set up in {_HOME.relative_to(_ROOT)}. "
            f"Is the package index reachable? pip said:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def _write_credentials(python: Path, ralph: Ralph, path: Path) -> None:
    hashed = subprocess.run(
        [str(python), "-c", _HASH], input=ralph.secret, capture_output=True, text=True, check=True
    )
    user = {
        "agent": {"mbox": "mailto:tests@example.org"},
        "scopes": ["all"],
        "hash": hashed.stdout.strip(),
        "username": ralph.key,
    }
    path.write_text(json.dumps([user]))


def _settings(folder: Path, page_limit: int) -> dict[str, str]:
    return {
        "RALPH_AUTH_FILE": str(folder / "auth.json"),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_RUNSERVER_MAX_SEARCH_HITS_COUNT": str(page_limit),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_LRS_FILE": "statements.jsonl",
    }

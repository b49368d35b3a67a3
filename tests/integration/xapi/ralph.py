"""Ralph, a real LRS from PyPI, in an environment of its own under `.cache/ralph`, on a loopback port."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.own_environment import python_of

_REQUIREMENTS = Path(__file__).with_name("ralph-requirements.txt")
_HASH = "import bcrypt, sys; print(bcrypt.hashpw(sys.stdin.buffer.read(), bcrypt.gensalt(4)).decode())"


@dataclass(frozen=True)
class Ralph:
    """Where it listens, and who may read and write everything."""

    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


def install_ralph() -> Path:
    """The Python of Ralph's environment. Raises RuntimeError when it cannot be made."""
    return python_of("ralph", _REQUIREMENTS, what="Ralph, the LRS that the tests read,")


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

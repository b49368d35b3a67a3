"""Open edX's own LTI 1.3 code from PyPI, in an environment of its own under `.cache/open-edx`.

It pins a web framework and some fifty packages that we have no use for, so it runs as a process of its own
that is asked by lines of JSON; nothing goes over a network.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.own_environment import python_of

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
    return python_of("open-edx", _REQUIREMENTS, what="Open edX's LTI code, which the tests launch us by,")

"""Commands as processes of their own: on a terminal, in a log, stopped by Ctrl-C, and the demonstration."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_scoring.ports import RunState
from tests.fixtures.courses.installed import DATABASE, Site

pytestmark = pytest.mark.slow(reason="every command is a process that imports the whole program")

COMMAND = str(Path(sys.executable).with_name("lms-scoring"))
ESCAPE = "\x1b["


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings, and what any process needs; nothing of ours from outside."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("LMS_SCORING_")}
    return {**outside, **settings, "TERM": "xterm", "COLUMNS": "100"}


@pytest.fixture
def fresh(recorded: Site, tmp_path: Path) -> Site:
    """An installation that has synced nothing yet."""
    return recorded.elsewhere(tmp_path)


def test_a_sync_in_a_log_writes_plain_lines(fresh: Site) -> None:
    command = [COMMAND, "sync", "lc2024"]
    done = subprocess.run(
        command, env=environment(fresh.settings), cwd=fresh.folder, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "lc2024 moodle: done; 230 new, 0 changed, 0 as before, 0 gone, 0 refused"
    assert re.fullmatch(r"lc2024 lrs: done; \d+ new, 0 changed, 0 as before, 0 gone, 0 refused", lines[-3])
    assert lines[-2] == "lc2024: scored 12, 12 cards changed"
    assert re.fullmatch(r"lc2024: new doubts for people to look at: \d+; see the cases page", lines[-1])
    assert ESCAPE not in done.stdout
    assert "canary" not in done.stdout


def test_an_evidence_file_from_a_closed_standard_input_is_a_sentence(fresh: Site) -> None:
    scheme = str(files("config.schemes") / "longcheng-2024.toml")
    closed = ["sh", "-c", 'exec "$0" "$@" <&-', COMMAND, "score", "-", "--scheme", scheme]
    done = subprocess.run(
        closed, env=environment(fresh.settings), cwd=fresh.folder, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: standard input is closed; name a FILE instead of -, or pipe one in\n"


def test_a_sync_on_a_terminal_shows_its_progress(fresh: Site) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "sync", "lc2024"],
        env=environment(fresh.settings),
        cwd=fresh.folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = _everything(ours)
        said = b"" if process.stdout is None else process.stdout.read()
    assert process.returncode == 0
    assert "lc2024 moodle" in shown
    assert "lc2024 lrs" in shown
    assert re.search(r"━+", shown), "a bar"
    assert re.search(r"\d+/\d+", shown), "how much of how much"
    assert "lc2024: scored 12, 12 cards changed" in said.decode()
    assert ESCAPE not in said.decode()
    assert "canary" not in shown


def test_a_copy_of_the_database_on_a_terminal_shows_its_progress(recorded: Site, tmp_path: Path) -> None:
    full = recorded.copied(tmp_path)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "db", "copy", "--to", f"sqlite:///{tmp_path}/new.sqlite"],
        env=environment(full.settings),
        cwd=full.folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = _everything(ours)
        said = b"" if process.stdout is None else process.stdout.read()
    assert process.returncode == 0
    assert re.search(r"━+", shown), "a bar"
    assert re.search(r"\d+/\d+", shown), "how much of how much"
    assert re.search(r"^evidence: \d+ rows$", said.decode(), flags=re.MULTILINE)
    assert ESCAPE not in said.decode()


def test_a_workbook_is_not_poured_onto_a_terminal(fresh: Site) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "board", "lc2024", "--format", "xlsx"],
        env=environment(fresh.settings),
        cwd=fresh.folder,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        shown = _everything(ours)
        said = b"" if process.stderr is None else process.stderr.read()
    assert (process.returncode, shown) == (2, "")
    assert "xlsx is no text for a terminal: name a file with --output FILE" in said.decode()


def test_a_sync_that_is_stopped_says_so_and_may_be_run_again(
    recorded: Site, fresh: Site, httpserver: HTTPServer
) -> None:
    """The Moodle does not answer while Ctrl-C is pressed."""
    asked, answer = threading.Event(), threading.Event()

    def keep_waiting(_: Request) -> Response:
        asked.set()
        answer.wait(timeout=60)
        return Response(status=503)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(keep_waiting)
    settings = {**fresh.settings, "LMS_SCORING_PLATFORM_MOODLE_URL": f"http://127.0.0.1:{httpserver.port}"}
    with _started("sync", "lc2024", settings=settings, folder=fresh.folder) as process:
        assert asked.wait(timeout=60)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=60)
        answer.set()
    assert process.returncode == 130
    assert complained == "interrupted; what was read so far is kept: sync again to read the rest\n"
    assert fresh.sync("lc2024").good
    with fresh.installation.store.reading() as transaction:
        *stopped, first, last = [run.state for run in reversed(transaction.runs("lc2024"))]
    assert {*stopped} == {RunState.INTERRUPTED}, "the two platforms are read side by side"
    assert (first, last) == (RunState.DONE, RunState.DONE)
    assert len(fresh.cards("lc2024")) == len(recorded.cards("lc2024"))


def test_score_ends_quietly_when_nobody_reads_on(fresh: Site, tmp_path: Path) -> None:
    """As in `lms-scoring score … | head -1`."""
    evidence = tmp_path / "many.jsonl"
    people = (
        f'{{"kind":"person","id":"{n}","name":"n"}}\n'
        f'{{"kind":"membership","id":"m{n}","person":"{n}","role":"learner","class":"a","status":"active"}}\n'
        for n in range(2_000)
    )
    evidence.write_text("".join(people), encoding="utf-8")
    scheme = Path(__file__).parents[3] / "config" / "schemes" / "longcheng-2024.toml"
    with _started("score", str(evidence), "--scheme", str(scheme), settings={}, folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"person"')
        process.stdout.close()
        assert process.stderr is not None
        complained = process.stderr.read()
    assert "Traceback" not in complained


def test_the_demonstration_prints_the_scoreboard_of_both_classes_and_ends(tmp_path: Path) -> None:
    command = [COMMAND, "demo", "--once", "--keep", "kept"]
    own = {"LMS_SCORING_LANGUAGE": "en", "LMS_SCORING_PLATFORM_MOODLE_URL": "https://real.example.edu"}
    done = subprocess.run(
        command, env=environment(own), cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    headings = [line for line in done.stdout.splitlines() if " · " in line]
    classes = ["一班 · learners", "二班 · learners", "一班 · tutors", "二班 · tutors"]
    assert [heading for heading in headings if heading in classes] == classes
    assert len(re.findall(r"^ +moodle-\d+ ", done.stdout, flags=re.MULTILINE)) >= 59, "all but the withdrawn"
    assert re.search(r"^lc2024: scored \d+, \d+ cards changed$", done.stdout, flags=re.MULTILINE)
    assert "sign-in" not in done.stdout
    assert {path.name for path in (tmp_path / "kept").iterdir()} >= {"demo.sqlite"}
    assert not (tmp_path / DATABASE).exists()


@contextmanager
def _started(*words: str, settings: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [COMMAND, *words], env=environment(settings), cwd=folder, stdout=pipe, stderr=pipe, text=True
    ) as process:
        yield process


def _everything(descriptor: int) -> str:
    """All that is written to a terminal, until its other side is closed."""
    pieces = []
    while True:
        try:
            piece = os.read(descriptor, 65_536)
        except OSError:  # how Linux says that nobody has the other side any more
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(descriptor)
    return b"".join(pieces).decode()


def test_the_demonstration_says_at_once_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [COMMAND, "demo", "--port", str(port), "--keep", "kept"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"http://127.0.0.1:{port}/ cannot be served" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "kept").exists(), "before anything else"

"""What the deployment guide says to type makes a database, a backup of it, and the same database again."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from lms_scoring.demonstration.running import RunningPlatform
from tests.fixtures.courses.installed import environment
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.deployment_guide import GUIDE, line_of_guide, lines_of_guide
from tests.fixtures.postgres import PostgresServer

SCRIPT = GUIDE.with_name("lms-scoring")
PASSWORD = "of the role"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    first, other = PostgresServer(), PostgresServer()
    yield first, other
    first.close()
    other.close()


def with_the_role(server: PostgresServer) -> None:
    (line,) = {line for line in lines_of_guide() if "createuser" in line}
    server.typed(line, file=server.folder / "none", answers=f"{PASSWORD}\n{PASSWORD}\n")


def with_the_database(server: PostgresServer) -> str:
    """The address that the role has it by."""
    server.typed(line_of_guide("createdb"), file=server.folder / "none")
    return server.url("lms_scoring", user="lms_scoring")


def upgraded(url: str, folder: Path) -> None:
    with surroundings({"LMS_SCORING_DATABASE_URL": url}, folder):
        done = typed("db", "upgrade")
    assert done.exit_code == 0, done.output


def asked(url: str, question: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [str(row[0]) for row in connection.execute(question.encode()).fetchall()]


OWNERS = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
PASSWORDS = "SELECT count(rolpassword) FROM pg_authid WHERE rolname = 'lms_scoring'"


def test_a_database_of_postgresql_is_set_up_backed_up_and_put_back_on_another_server(
    servers: tuple[PostgresServer, PostgresServer], tmp_path: Path
) -> None:
    first, other = servers
    with_the_role(first)
    url = with_the_database(first)
    upgraded(url, tmp_path)
    assert asked(first.url(), PASSWORDS) == ["1"]
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO platform VALUES (1, 'moodle', true)")
    backup = first.dumped(url)
    with_the_role(other)
    other.restored(backup)
    restored = other.url("lms_scoring", user="lms_scoring")
    upgraded(restored, tmp_path)
    assert asked(restored, "SELECT name FROM platform") == ["moodle"]
    assert asked(restored, OWNERS) == ["lms_scoring"]
    other.drop(restored)
    in_a_new_container = with_the_database(other)
    within = line_of_guide("podman", "pg_restore").rpartition(" database ")[2]
    other.typed(within.replace("lms-scoring.dump", str(backup)), file=backup)
    assert asked(in_a_new_container, "SELECT name FROM platform") == ["moodle"]


class Machine:
    """A folder that stands for a machine's root; the service's user is whoever runs the tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "var/lib/lms-scoring/data"
        for line in lines_of_guide():
            if line.startswith("install -d -o"):
                self.typed(line)
        (root / "opt/lms-scoring/bin").mkdir(parents=True)
        (root / "usr/local/bin").mkdir(parents=True)
        self._program(
            "opt/lms-scoring/bin/lms-scoring",
            f'exec {sys.executable} -c "from lms_scoring.cli import main; main()" "$@"',
        )
        self._program("usr/local/bin/lms-scoring", self.here(SCRIPT.read_text(encoding="utf-8")))

    def here(self, text: str) -> str:
        """Places and people as this machine has them."""
        me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        text = re.sub(r"(?<![\w.])/(?=(?:var|etc|opt)/)", f"{self.root}/", text)
        text = re.sub(r"-o (?:root|lms-scoring) -g lms-scoring", f"-o {os.getuid()} -g {os.getgid()}", text)
        return text.replace("user=lms-scoring", f"user={me}")

    def typed(self, line: str) -> str:
        """What a line of the guide says."""
        path = f"{self.root}/usr/local/bin:/usr/bin:/bin"
        done = subprocess.run(
            ["sh", "-c", self.here(line)],
            env={"PATH": path, "PYTHONPATH": str(GUIDE.parents[1])},
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{line}: {done.stdout}"
        return done.stdout

    def _program(self, place: str, text: str) -> None:
        file = self.root / place
        file.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n", encoding="utf-8")
        file.chmod(0o755)


@pytest.fixture
def connected(tmp_path: Path, platform: RunningPlatform) -> Machine:
    """With the settings' example, filled in for a Moodle and an LRS."""
    made = Machine(tmp_path)
    for folder in ("deploy", "config"):
        (tmp_path / folder).symlink_to(GUIDE.parents[1] / folder)
    for file in ("deploy/environment.example", "/dev/null /etc/lms-scoring/moodle.token"):
        made.typed(line_of_guide("install -o root", file))
    (tmp_path / "etc/lms-scoring/moodle.token").write_text(f"{platform.moodle.token}\n", encoding="utf-8")
    settings = tmp_path / "etc/lms-scoring/environment"
    filled = made.here(settings.read_text(encoding="utf-8"))
    filled = filled.replace("https://moodle.example.edu", platform.moodle.url)
    more = {name: value for name, value in environment(platform, tmp_path).items() if "LRS" in name}
    more["LMS_SCORING_ALLOWED_PRIVATE_HOSTS"] = "127.0.0.1"
    settings.write_text(
        filled + "".join(f"{name}={value}\n" for name, value in more.items()), encoding="utf-8"
    )
    return made


def test_whoever_follows_the_guide_has_a_course_synced_and_a_way_in(connected: Machine) -> None:
    steps = lines_of_guide()
    begin = next(number for number, line in enumerate(steps) if "config/courses/" in line)
    assert steps[begin + 1 : begin + 4] == [
        "lms-scoring course check courses/mycourse.toml",
        "lms-scoring platform check moodle",
        "lms-scoring sync",
    ]
    said = [connected.typed(line) for line in steps[begin : begin + 4]]
    assert "lc2024: scored" in said[-1]
    assert "lc2024" in connected.typed("lms-scoring jobs list"), "it is adopted, and synced from now on"
    (way_in,) = {line for line in steps if line == "lms-scoring admin link"}
    assert "https://scores.example.edu/sign-in/" in connected.typed(way_in)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    (tmp_path / "etc/lms-scoring/environment").write_text(
        '# how they read\n\nLMS_SCORING_LANGUAGE=en\nLMS_SCORING_FONTS="Noto Sans, Noto Serif"\n'
        f"LMS_SCORING_DATABASE_URL=sqlite:///{made.data}/lms-scoring.sqlite",
        encoding="utf-8",
    )
    return made


def platforms(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [name for (name,) in connection.execute("SELECT name FROM platform")]


def test_a_backup_of_sqlite_is_put_back_over_what_a_crash_left_beside(machine: Machine) -> None:
    machine.typed("lms-scoring db upgrade")
    database = machine.data / "lms-scoring.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT INTO platform VALUES (1, 'before', 1)")
        connection.commit()
    machine.typed(line_of_guide("db backup", "/var/backups"))
    (backup,) = (machine.root / "var/backups/lms-scoring").iterdir()
    lost = sqlite3.connect(database)
    lost.execute("INSERT INTO platform VALUES (1, 'after', 1)")
    lost.commit()
    left = [database.with_name(f"{database.name}-{what}") for what in ("wal", "shm")]
    kept = [file.read_bytes() for file in left]
    lost.close()
    for file, content in zip(left, kept, strict=True):  # as a machine leaves them that went down
        file.write_bytes(content)
    for line in lines_of_guide():
        if "lms-scoring.sqlite" in line or line.endswith("/var/lib/lms-scoring/data"):
            machine.typed(line.replace("/var/backups/lms-scoring/2026-11-30.sqlite", str(backup)))
    machine.typed("lms-scoring db upgrade")
    assert platforms(database) == ["before"]


def test_the_files_of_an_installation_are_put_back_from_their_archive(machine: Machine) -> None:
    course = machine.root / "var/lib/lms-scoring/courses/mycourse.toml"
    course.write_text("kept", encoding="utf-8")
    machine.typed(line_of_guide("tar --create"))
    (archive,) = (machine.root / "var/backups/lms-scoring").iterdir()
    assert archive.stat().st_mode & 0o077 == 0
    shutil.rmtree(machine.root / "etc")
    course.unlink()
    extract = line_of_guide("tar --extract").replace(
        "/var/backups/lms-scoring/2026-11-30.tar.gz", str(archive)
    )
    machine.typed(extract)
    assert course.read_text(encoding="utf-8") == "kept"
    assert (machine.root / "etc/lms-scoring/environment").exists()


def test_the_script_runs_a_command_in_the_services_folder_with_its_settings(machine: Machine) -> None:
    program = machine.root / "opt/lms-scoring/bin/lms-scoring"
    program.write_text(
        '#!/bin/sh\npwd; umask; env | grep LMS_; for one; do echo "<$one>"; done\n', encoding="utf-8"
    )
    assert machine.typed("lms-scoring person erase 'one  two' --yes").splitlines() == [
        f"{machine.root}/var/lib/lms-scoring",
        "0077",
        "LMS_SCORING_LANGUAGE=en",
        "LMS_SCORING_FONTS=Noto Sans, Noto Serif",
        f"LMS_SCORING_DATABASE_URL=sqlite:///{machine.data}/lms-scoring.sqlite",
        "<person>",
        "<erase>",
        "<one  two>",
        "<--yes>",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_root_becomes_the_services_user_and_brings_nothing_along() -> None:
    root = Path(tempfile.mkdtemp(prefix="lms-scoring-machine-"))
    root.chmod(0o755)
    program = root / "program"
    program.write_text("#!/bin/sh\nid -un; env\n", encoding="utf-8")
    (root / "environment").write_text("LMS_SCORING_LANGUAGE=en\n", encoding="utf-8")
    text = SCRIPT.read_text(encoding="utf-8")
    for name, here in {
        "user": "nobody",
        "program": program,
        "folder": root,
        "settings": root / "environment",
    }.items():
        text = re.sub(rf"^{name}=.*$", f"{name}={here}", text, count=1, flags=re.MULTILINE)
    script = root / "lms-scoring"
    for file, content in ((script, text), (program, program.read_text(encoding="utf-8"))):
        file.write_text(content, encoding="utf-8")
        file.chmod(0o755)
    said = subprocess.run(
        [script], env={**os.environ, "LMS_SCORING_NOTIFY": "of root"}, capture_output=True, text=True
    )
    shutil.rmtree(root)
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[0] == "nobody"
    assert "LMS_SCORING_LANGUAGE=en" in said.stdout
    assert "LMS_SCORING_NOTIFY" not in said.stdout

"""What the files in deploy/ name is there, gunicorn serves the pages by them, and a backup is whole."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
import yaml
from click.testing import Result

from lms_scoring.cli.serving import pages
from lms_scoring.exports.pdf.setter import PLACES
from lms_scoring.store.migrations import upgrade
from tests.fixtures.courses.typed import typed
from tests.fixtures.deployment_guide import lines_of_guide

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"


def texts() -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(DEPLOY.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_every_setting_named_there_exists_and_every_extra() -> None:
    code = (ROOT / "lms_scoring" / "files" / "settings.py").read_text(encoding="utf-8").lower()
    settings = {word for text in texts().values() for word in re.findall(r"LMS_SCORING_([A-Z_]+)", text)}
    for setting in settings:
        last = setting.removeprefix("PLATFORM_MOODLE_").lower()
        assert re.search(rf"\b({last}|{last.removesuffix('_file')})\b", code), setting
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    wanted = {
        name
        for text in texts().values()
        for found in re.findall(r"\[([a-z,]+)\]'", text)
        for name in found.split(",")
    }
    assert {"gunicorn", "postgres"} <= wanted <= extras.keys()


UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def settings_of(unit: Path) -> list[str]:
    """The lines that set something."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "=" in line and not line.startswith("#")]


def of_confinement(unit: Path) -> list[str]:
    lines = settings_of(unit)
    return lines[lines.index("UMask=0077") : lines.index("WantedBy=multi-user.target")]


def test_every_unit_is_confined_and_all_in_the_same_way() -> None:
    assert [unit.name for unit in UNITS] == [
        "lms-scoring-gunicorn.service",
        "lms-scoring-worker@.service",
        "lms-scoring.service",
    ]
    wanted = {
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ReadWritePaths=/var/lib/lms-scoring",
        "CapabilityBoundingSet=",
    }
    for unit in UNITS:
        assert "User=lms-scoring" in settings_of(unit)
        assert of_confinement(unit) == of_confinement(UNITS[0])
        assert wanted <= set(of_confinement(unit))


def test_gunicorns_unit_waits_longer_for_its_end_than_gunicorn_for_pages() -> None:
    (stop,) = re.findall(r"TimeoutStopSec=(\d+)", UNITS[0].read_text(encoding="utf-8"))
    assert int(stop) > run_path(str(DEPLOY / "gunicorn.conf.py"))["graceful_timeout"]


def compose() -> dict[str, Any]:
    """As a program reads it that runs containers; what services share is in each of them."""
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    return told


def image() -> list[str]:
    return (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()


SERVICES = ["database", "upgrade", "web", "worker"]
"""Those of the containers."""


def test_containers_run_as_a_user_with_nothing_to_write_to_but_their_volume() -> None:
    assert "USER lms-scoring" in image()
    services = compose()["services"]
    assert sorted(services) == SERVICES
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert [name for name, service in services.items() if "cap_add" in service] == ["database"]
    writable = {one for service in services.values() for one in service["volumes"] if not one.endswith(":ro")}
    assert writable == {"data:/var/lib/lms-scoring", "database:/var/lib/postgresql/data"}


def test_volumes_secrets_and_files_of_containers_are_declared_and_the_guide_makes_them() -> None:
    told = compose()
    made = {word for line in lines_of_guide() for word in re.findall(r"deploy/([\w./-]+)", line)}
    for service in told["services"].values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in told["volumes"] or source.removeprefix("./") in made, source
        assert set(service["secrets"]) <= told["secrets"].keys()
        assert set(service.get("depends_on", ())) <= told["services"].keys()
        assert service.get("env_file", "environment") in made
        named = {value for value in service["environment"].values() if value.startswith("/run/secrets/")}
        assert named == {f"/run/secrets/{secret}" for secret in service["secrets"]}
    assert {secret["file"] for secret in told["secrets"].values()} <= made
    build = told["services"]["web"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Containerfile"


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_waits_for_one_that_says_when_it_is_ready(name: str) -> None:
    services = compose()["services"]
    for other, waits in services[name].get("depends_on", {}).items():
        if waits["condition"] == "service_healthy":
            assert "healthcheck" in services[other]
        else:
            assert (waits["condition"], services[other].get("restart")) == (
                "service_completed_successfully",
                None,
            )
    assert ("healthcheck" in services[name]) == (name in ("database", "web"))


def test_the_pages_container_asks_its_pages_whether_they_are_well() -> None:
    service = compose()["services"]["web"]
    command, python, option, program = service["healthcheck"]["test"]
    assert (command, python, option) == ("CMD", "python", "-c")
    (asked,) = re.findall(r"http://127\.0\.0\.1:(\d+)/health", program)
    assert service["ports"] == [f"127.0.0.1:8000:{asked}"]
    assert f"0.0.0.0:{asked}" in image()[-1]
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 1
    )  # nobody there


def test_the_image_is_made_of_what_is_let_in_and_of_no_secret() -> None:
    copied = [one for line in image() if line.startswith("COPY ") for one in line.split()[1:-1]]
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert let_in[1] == "*"
    assert sorted(copied) == sorted(line.removeprefix("!") for line in let_in if line.startswith("!"))
    assert [one for one in copied if not (ROOT / one).exists()] == []


def test_git_leaves_what_an_installation_puts_into_the_folder_alone() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/deploy/environment", "/deploy/secrets/", "/deploy/courses/"} <= set(ignored)


def test_every_file_that_the_guide_copies_is_there() -> None:
    words = {word for line in lines_of_guide() for word in line.split()}
    named = {word for word in words if word.startswith(("deploy/", "config/"))}
    made = ("deploy/environment", "deploy/courses", "deploy/secrets")
    of_ours = {word for word in named if not word.startswith(made) or word == "deploy/environment.example"}
    assert len(of_ours) > 7
    assert [word for word in of_ours if not (ROOT / word).exists()] == []


def test_pdfs_leave_half_of_a_servers_threads_to_pages() -> None:
    assert run_path(str(DEPLOY / "gunicorn.conf.py"))["threads"] >= 2 * PLACES


class OverSocket(http.client.HTTPConnection):
    """HTTP over a socket in a folder: no port has to be free."""

    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def test_gunicorn_serves_the_pages_by_the_file(tmp_path: Path) -> None:
    door = tmp_path / "door"
    upgrade(f"sqlite:///{tmp_path / 'pages.sqlite'}")
    (tmp_path / "home").mkdir()
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "home"),
        "LMS_SCORING_DATABASE_URL": f"sqlite:///{tmp_path / 'pages.sqlite'}",
        "WEB_CONCURRENCY": "1",
        "PYTHONUNBUFFERED": "1",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(DEPLOY / "gunicorn.conf.py"),
        "--bind",
        f"unix:{door}",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        heard = ""
        for line in server.stderr:  # ends where the server does, so a broken one is no endless wait
            heard += line
            if "Booting worker" in line:
                break
        try:
            with closing(OverSocket(door)) as connection:
                connection.request("GET", "/health")
                answer = connection.getresponse()
                assert (answer.status, b'"ok"' in answer.read()) == (200, True), heard
            assert list((tmp_path / "home").iterdir()) == []  # no socket that another server would take
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate()


def test_a_server_whose_database_is_away_says_so_in_one_line_and_ends_for_its_supervisor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LMS_SCORING_DATABASE_URL", f"postgresql://us:secret@/scores?host={tmp_path}")
    with pytest.raises(SystemExit) as ended:
        pages()
    assert ended.value.code == import_module("gunicorn.arbiter").Arbiter.WORKER_BOOT_ERROR
    said = capsys.readouterr().err
    assert said.startswith("lms-scoring: the database cannot be reached; check that PostgreSQL runs")
    assert said.count("\n") == 1
    assert "secret" not in said


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a database that the settings name."""
    file = tmp_path / "kept.sqlite"
    upgrade(f"sqlite:///{file}")
    monkeypatch.setenv("LMS_SCORING_DATABASE_URL", f"sqlite:///{file}")
    return file


def backed_up(file: Path) -> Result:
    return typed("db", "backup", str(file))


def test_a_backup_has_what_was_kept_and_not_what_is_being_written(stored: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(stored)) as connection:
        connection.execute("INSERT INTO platform VALUES (1, 'moodle', 0)")
        connection.commit()
        connection.execute("INSERT INTO platform VALUES (1, 'lrs', 1)")
        done = backed_up(tmp_path / "copy.sqlite")
        connection.rollback()
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT name FROM platform").fetchall() == [("moodle",)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o077 == 0


def test_a_backup_overwrites_nothing(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite").write_text("precious")
    done = backed_up(tmp_path / "copy.sqlite")
    assert done.exit_code == 1
    assert "is there already" in done.output
    assert (tmp_path / "copy.sqlite").read_text() == "precious"


def test_of_a_postgresql_database_the_right_tool_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LMS_SCORING_DATABASE_URL", "postgresql:///scores")
    done = backed_up(tmp_path / "copy.sqlite")
    assert done.exit_code == 1
    assert "pg_dump" in done.output
    assert not (tmp_path / "copy.sqlite").exists()

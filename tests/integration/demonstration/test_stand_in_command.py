"""The command that starts the stand-in: one line of addresses, then service until it is told to stop."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from lms_scoring.demonstration.moodle_server import WEB_SERVICE
from lms_scoring.demonstration.running import RunningPlatform

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMAND = [sys.executable, "-m", "lms_scoring.demonstration"]


def test_it_prints_one_line_serves_and_ends_on_a_signal() -> None:
    with _started() as process:
        told = json.loads(_first_line(process))
        assert told.keys() == {"moodle", "lrs"}
        form = {"wstoken": told["moodle"]["token"], "wsfunction": "core_webservice_get_site_info"}
        place = f"{told['moodle']['url']}/webservice/rest/server.php"
        site = requests.post(place, data={**form, "moodlewsrestformat": "json"}, timeout=20).json()
        assert site["userid"] == 66
        headers = {"X-Experience-API-Version": "1.0.3"}
        credentials = (told["lrs"]["key"], told["lrs"]["secret"])
        place = f"{told['lrs']['url']}/statements?limit=2"
        page = requests.get(place, auth=credentials, headers=headers, timeout=20).json()
        assert len(page["statements"]) == 2
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_it_ends_when_standard_input_closes_if_asked() -> None:
    with _started("--until-stdin-closes") as process:
        assert _first_line(process).startswith('{"moodle"')
        process.communicate(timeout=20)  # closes its standard input
        assert process.returncode == 0


def test_credentials_and_behaviour_can_be_given() -> None:
    given = ["--token", "t0", "--key", "k0", "--secret", "s0", "--copies", "2", "--no-batching"]
    with _started(*given) as process:
        told = json.loads(_first_line(process))
        assert (told["moodle"]["token"], told["lrs"]["key"], told["lrs"]["secret"]) == ("t0", "k0", "s0")
        form = {"wstoken": "t0", "wsfunction": "core_webservice_get_site_info", "moodlewsrestformat": "json"}
        place = f"{told['moodle']['url']}/webservice/rest/server.php"
        functions = requests.post(place, data=form, timeout=20).json()["functions"]
        assert "tool_mobile_call_external_functions" not in [each["name"] for each in functions]
        process.terminate()
        process.communicate(timeout=20)


def test_a_port_that_is_taken_is_an_error() -> None:
    with _started() as process:
        taken = json.loads(_first_line(process))["moodle"]["url"].rpartition(":")[2]
        again = subprocess.run([*COMMAND, "--port", taken], capture_output=True, text=True, timeout=20)
        assert again.returncode != 0
        assert "Address already in use" in again.stderr
        process.terminate()
        process.communicate(timeout=20)


def test_many_requests_go_over_one_connection(platform: RunningPlatform) -> None:
    connection = HTTPConnection(urlsplit(platform.moodle.url).netloc, timeout=20)
    with closing(connection):
        sockets = set()
        for _ in range(5):
            connection.request("POST", WEB_SERVICE, body="wstoken=x", headers=FORM)
            assert connection.getresponse().read()
            sockets.add(connection.sock)
    assert len(sockets) == 1
    assert None not in sockets


@pytest.mark.parametrize("wrong", [["--lrs-kind", "nonsense"], ["--port", "x"]])
def test_a_wrong_option_is_refused(wrong: list[str]) -> None:
    assert subprocess.run([*COMMAND, *wrong], capture_output=True, timeout=20).returncode == 2


@contextmanager
def _started(*options: str) -> Iterator["subprocess.Popen[str]"]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *options], text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        yield process


def _first_line(process: "subprocess.Popen[str]") -> str:
    return "" if process.stdout is None else process.stdout.readline()

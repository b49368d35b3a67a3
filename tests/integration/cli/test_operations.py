"""`platform check`, `db upgrade`, `admin link` and `role grant`."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.instants import SECOND
from lms_scoring.files.course_file import SourceKind
from lms_scoring.files.settings import PlatformKind
from lms_scoring.ports import Grant, Visitor
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import surroundings, typed

ADMINISTRATOR = (Grant(person="", role="administrator", course=None),)


def taken(site: Site, link: str, *, after: int = 0) -> Visitor | None:
    """Who the link signs in so many seconds later."""
    digest = hashlib.sha256(link.rstrip("\n").rpartition("/")[2].encode()).hexdigest()
    with site.installation.store.writing() as transaction:
        return transaction.take_link(digest, at=site.installation.clock.now() + after * SECOND)


def test_a_moodle_is_checked_with_what_it_can_and_cannot_give(here: Site) -> None:
    done = typed("platform", "check", "moodle", "--course", "LC2024")
    assert done.exit_code == 0
    assert "ok      access: the site answers (4.5.6" in done.stdout
    assert "ok      people: 12 people, 10 of them learners" in done.stdout
    (videos,) = (line for line in done.stdout.splitlines() if "videotime activity" in line)
    assert videos.startswith("note    3, 6, 9, 12, 15: "), "five times the same is said once"


def test_a_moodle_is_checked_for_lost_capabilities(here: Site, platform: RunningPlatform) -> None:
    platform.moodle.change("deny", capability="moodle/site:accessallgroups")
    try:
        done = typed("platform", "check", "moodle", "--course", "LC2024")
    finally:
        platform.moodle.change("allow", capability="moodle/site:accessallgroups")
    assert done.exit_code == 1
    assert "missing" in done.stdout
    assert "moodle/site:accessallgroups" in done.stdout


def test_a_moodle_without_the_course_is_told(here: Site) -> None:
    done = typed("platform", "check", "moodle", "--course", "LC2099")
    assert done.exit_code == 1
    assert "shows no course 'LC2099' to the service account" in done.stdout


def test_a_record_store_is_checked(here: Site) -> None:
    done = typed("platform", "check", "lrs")
    assert done.exit_code == 0
    assert "ok      access: the key and secret may read statements" in done.stdout
    assert "ok      since: goes by the stored time" in done.stdout


@pytest.mark.parametrize(("name", "fault"), [("moodle", "html"), ("lrs", "server_error")])
def test_a_platform_that_cannot_be_read_fails_its_check(
    here: Site, platform: RunningPlatform, name: str, fault: str
) -> None:
    peer = platform.moodle if name == "moodle" else platform.lrs
    peer.faults.add(fault, times=3)
    try:
        done = typed("platform", "check", name)
    finally:
        peer.faults.clear()
    assert done.exit_code == 1
    assert done.stdout.startswith("missing ")
    assert "Nothing can be read before this is mended." in done.stdout


def test_a_record_store_has_no_courses_to_be_checked_in(here: Site) -> None:
    done = typed("platform", "check", "lrs", "--course", "LC2024")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "lrs is an LRS and has no courses; leave out --course" in done.stderr


def test_a_source_is_of_the_kind_that_the_settings_say(here: Site) -> None:
    """A Moodle is not asked as an LRS, whatever the course file takes it for."""
    credentials = {"LMS_SCORING_PLATFORM_LRS_KIND": "moodle", "LMS_SCORING_PLATFORM_LRS_TOKEN": "t"}
    with surroundings({**here.settings, **credentials}, here.folder):
        done = typed("sync", "lc2024")
    assert done.exit_code == 1
    assert "source 'lrs' is of kind xapi, and the platform of that name in the settings of kind moodle" in (
        " ".join(done.output.split())
    )


def test_every_kind_of_platform_is_a_kind_of_source() -> None:
    assert {kind.value for kind in PlatformKind} <= {kind.value for kind in SourceKind}


def test_the_database_is_made_and_may_be_upgraded_again(tmp_path: Path) -> None:
    with surroundings({"LMS_SCORING_DATABASE_URL": f"sqlite:///{tmp_path}/new/folder/db.sqlite"}, tmp_path):
        first, again = typed("db", "upgrade"), typed("db", "upgrade")
    assert (first.stdout, again.stdout) == ("the database is up to date\n",) * 2
    assert (tmp_path / "new" / "folder" / "db.sqlite").is_file()


def test_without_settings_everything_is_in_the_working_folder(tmp_path: Path) -> None:
    with surroundings({}, tmp_path):
        assert typed("db", "upgrade").exit_code == 0
    assert (tmp_path / "data" / "lms-scoring.sqlite").is_file()


def test_an_administrator_signs_in_by_a_link_once(here: Site) -> None:
    done = typed("admin", "link")
    assert done.exit_code == 0
    assert done.stdout.startswith("http://127.0.0.1:8000/sign-in/")
    assert taken(here, done.stdout) == Visitor(person=None, roles=ADMINISTRATOR)
    assert taken(here, done.stdout) is None
    assert "for the pages at http://127.0.0.1:8000; if they are served elsewhere" in done.stderr


def test_a_link_is_good_for_a_minute(here: Site) -> None:
    assert taken(here, typed("admin", "link").stdout, after=61) is None
    assert taken(here, typed("admin", "link").stdout, after=50) is not None


def test_a_link_may_sign_in_as_a_person(here: Site) -> None:
    assert taken(here, typed("admin", "link", "--person", "moodle-63").stdout) == Visitor(person="moodle-63")


def test_whoever_is_let_in_or_granted_a_role_may_be_named_by_number(here: Site) -> None:
    assert taken(here, typed("admin", "link", "--person", "63").stdout) == Visitor(person="moodle-63")
    assert typed("role", "grant", "63", "coordinator").exit_code == 0
    with here.installation.store.reading() as transaction:
        assert [grant.role for grant in transaction.grants("moodle-63")] == ["coordinator"]
    nobody = typed("role", "grant", "no-such-person", "coordinator")
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "nobody here has that id, username, number or address" in nobody.stderr


def test_an_address_where_something_else_is_served_is_named(here: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken_already:
        port = taken_already.getsockname()[1]
        done = typed("serve", "--port", str(port))
    assert done.exit_code == 1
    assert f"http://127.0.0.1:{port}/ cannot be served: " in done.stderr
    assert "another --port" in done.stderr


def test_an_address_that_is_another_machines_is_none_to_serve_at(here: Site) -> None:
    done = typed("serve", "--host", "192.0.2.1")
    assert done.exit_code == 1
    assert "http://192.0.2.1:8000/ cannot be served: " in done.stderr
    assert "another --host" in done.stderr


def test_the_code_of_a_link_is_not_stored(here: Site) -> None:
    code = typed("admin", "link").stdout.strip().rpartition("/")[2]
    stored = b"".join(path.read_bytes() for path in here.folder.iterdir() if path.is_file())
    assert hashlib.sha256(code.encode()).hexdigest().encode() in stored
    assert code.encode() not in stored


def test_a_role_is_granted_and_told(here: Site) -> None:
    everywhere = typed("role", "grant", "moodle-63", "administrator")
    here_only = typed("role", "grant", "moodle-63", "coordinator", "--course", "lc2024")
    assert everywhere.stdout == "granted administrator\n"
    assert here_only.stdout == "granted coordinator of lc2024\n"
    with here.installation.store.reading() as transaction:
        granted = {(grant.role, grant.course) for grant in transaction.grants("moodle-63")}
    assert granted == {("administrator", None), ("coordinator", "lc2024")}


def test_a_role_is_listed_with_its_name_and_taken_back(here: Site) -> None:
    assert typed("role", "list").stdout.startswith("nobody has a role here")
    typed("role", "grant", "moodle-63", "administrator")
    typed("role", "grant", "moodle-63", "coordinator", "--course", "lc2024")
    listed = [line.split() for line in typed("role", "list").stdout.splitlines() if "moodle-63" in line]
    assert [(one[0], *one[2:4]) for one in listed] == [
        ("moodle-63", "administrator", "all"),
        ("moodle-63", "coordinator", "lc2024"),
    ]
    assert all("operator:command" in one for one in listed)
    assert typed("role", "revoke", "63", "administrator").stdout == "no longer administrator\n"
    again = typed("role", "revoke", "63", "coordinator")
    assert (again.exit_code, again.stdout) == (1, "")
    assert (
        "that person is no coordinator of all courses; `lms-scoring role list` shows who is" in again.stderr
    )
    assert len([line for line in typed("role", "list").stdout.splitlines() if "moodle-63" in line]) == 1


@pytest.mark.parametrize(
    "command", [("board", "lc2024"), ("explain", "lc2024", "li"), ("export-evidence", "lc2024")]
)
def test_reading_where_nothing_was_stored_makes_no_database_and_says_what_to_do(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    with surroundings({}, tmp_path):
        done = typed(*command)
    assert done.exit_code == 1
    assert "there is no database data/lms-scoring.sqlite here yet" in done.stderr
    assert "`lms-scoring sync`" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "secret"), [("moodle", "TOKEN"), ("xapi", "SECRET")])
def test_a_platform_that_nobody_answers_for_is_named_by_its_host(
    tmp_path: Path, kind: str, secret: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {
        "ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "PLATFORM_P_KIND": kind,
        "PLATFORM_P_URL": f"http://{address}/a",
        "PLATFORM_P_KEY": "k",
        f"PLATFORM_P_{secret}": "s",
        "PLATFORM_P_ATTEMPTS": "1",
    }
    with surroundings({f"LMS_SCORING_{name}": value for name, value in settings.items()}, tmp_path):
        done = typed("platform", "check", "p")
    assert f"{address}: no connection" in done.stdout


def test_an_address_that_is_none_is_a_sentence(here: Site) -> None:
    done = typed("serve", "--host", "300.1.1.1")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "'300.1.1.1' is no address to serve at; " in done.stderr

"""Acts that are signed by command: by an operator, or by somebody who is known here."""

from __future__ import annotations

import pytest

from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.integration.cli.recorded_course import COURSE

TUTOR = "moodle-63"
ACTS = (
    ("course", "close", COURSE, "--yes"),
    ("course", "reopen", COURSE),
    ("course", "apply", COURSE, "--yes"),
    ("role", "grant", TUTOR, "coordinator"),
    ("role", "revoke", TUTOR, "coordinator"),
    ("identity", "join", COURSE, "0123456789abcdef", TUTOR),
    ("identity", "undo", COURSE, "0123456789abcdef"),
    ("loss", "confirm", "1", "--yes"),
    ("loss", "refuse", "1"),
    ("quarantine", "drop", "1"),
    ("person", "erase", TUTOR, "--yes"),
    ("person", "readmit", "moodle-1"),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: " ".join(act[:2]))
def test_nobody_signs_by_a_name_that_is_nobodys(here: Site, act: tuple[str, ...]) -> None:
    done = typed(*act, "--by", "office", "--reason", "a prefix was forgotten")
    assert done.exit_code == 1
    assert "nobody here has the id 'office'; who signs is a person's id" in done.stderr
    assert "operator:NAME" in done.stderr
    with here.installation.store.reading() as transaction:
        assert transaction.closing(COURSE) is None
        assert not transaction.grants(TUTOR)


def test_who_is_in_a_course_or_has_a_role_signs_by_the_own_id(here: Site) -> None:
    done = typed("role", "grant", TUTOR, "coordinator", "--by", TUTOR, "--reason", "to look after it")
    assert done.exit_code == 0, done.stderr
    closed = typed("course", "close", COURSE, "--by", TUTOR, "--reason", "it is over", "--yes")
    assert closed.exit_code == 0, closed.stderr

"""Rosters in files: people with every account, memberships, and each bad line by its number."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import pytest

from adapters.roster_file.source import RosterFile
from lms_scoring.domain import identity
from lms_scoring.domain.errors import PlatformMisread, PlatformRefused
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Problem, ProblemKind, Scope

HEADER = "id,name,role,class,status,username,email,openid,home_page,idnumber\n"


class Read:
    """Everything a roster yields."""

    def __init__(self, path: Path) -> None:
        self.batches = list(RosterFile(name="school", path=path).pull(None, full=False))
        self.people: list[KnownPerson] = [each for batch in self.batches for each in batch.people]
        self.memberships = [each for batch in self.batches for each in batch.records]
        self.problems: list[Problem] = [each for batch in self.batches for each in batch.problems]
        self.whole = [each for batch in self.batches for each in batch.whole]

    @property
    def said(self) -> list[str]:
        return [
            problem.text.removesuffix(" The line was left out; correct it and sync again.")
            for problem in self.problems
        ]


def table(folder: Path, text: str, *, encoding: str = "utf-8") -> Read:
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return Read(path)


def lines(folder: Path, *texts: str) -> Read:
    path = folder / "roster.jsonl"
    path.write_bytes("\n".join(texts).encode())
    return Read(path)


def own(id_: str) -> str:
    return f"account:urn:roster:school|{id_}"


def test_a_row_gives_a_person_with_every_account_and_a_membership(tmp_path: Path) -> None:
    row = "7,李伟,learner,一班,active,liwei,Li.Wei@Example.org,https://id.example.org/li,https://Moodle.example.org/,T-07\n"
    read = table(tmp_path, HEADER + row)
    assert read.people == [
        KnownPerson(
            id="school-7",
            name="李伟",
            accounts=(
                own("7"),
                "account:https://moodle.example.org|7",
                "account:https://moodle.example.org|liwei",
                "account:https://moodle.example.org|T-07",
                "mbox:li.wei@example.org",
                identity.sha1_of("li.wei@example.org"),
                "openid:https://id.example.org/li",
            ),
        )
    ]
    assert read.memberships == [
        Membership(
            id="7-learner-一班",
            person=own("7"),
            role=Role.LEARNER,
            class_="一班",
            status=MembershipStatus.ACTIVE,
            source="school",
        )
    ]
    assert read.problems == []
    assert read.whole == [Scope(kind="membership", activity=None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_tables_as_chinese_offices_save_them_are_read(tmp_path: Path, encoding: str) -> None:
    read = table(tmp_path, "id,name,class\n1,欧阳娜娜,二班\n", encoding=encoding)
    assert [person.name for person in read.people] == ["欧阳娜娜"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_be_parted_as_spreadsheets_part_them(tmp_path: Path, delimiter: str) -> None:
    text = (
        delimiter.join(["ID ", "Name", "phone"]) + "\r\n" + delimiter.join(["1", '"Li, Wei;"', "5"]) + "\r\n"
    )
    read = table(tmp_path, text)
    assert [person.name for person in read.people] == ["Li, Wei;"]


def test_only_the_id_is_needed_and_who_has_no_role_learns(tmp_path: Path) -> None:
    read = table(tmp_path, "id\n1\n")
    (membership,) = read.memberships
    assert isinstance(membership, Membership)
    assert (membership.role, membership.class_, membership.status) == (
        Role.LEARNER,
        None,
        MembershipStatus.ACTIVE,
    )
    assert read.people[0].accounts == (own("1"),)


def test_roles_may_be_in_chinese(tmp_path: Path) -> None:
    read = table(tmp_path, "id,role\n1,学员\n2,辅导教师\n")
    assert [each.role for each in read.memberships if isinstance(each, Membership)] == [
        Role.LEARNER,
        Role.TUTOR,
    ]


def test_every_bad_row_is_reported_by_its_number_and_the_others_are_kept(tmp_path: Path) -> None:
    rows = [
        "1,A,learner,,,,,,,",
        ",B,learner,,,,,,,",
        "3,C,boss,,,,,,,",
        "4,D,learner,,asleep,,,,,",
        "5,E,learner,,,,no address,,,",
        "6,F,learner,,,,,,http://[bad,",
        "",
        '8,"two\nlines",learner,,,,,,,',
        "9,H,learner,,,,,,,,surplus",
        "10,I,tutor,,withdrawn",
    ]
    read = table(tmp_path, HEADER + "\n".join(rows) + "\n")
    assert [person.id for person in read.people] == ["school-1", "school-8", "school-10"]
    assert read.said == [
        "roster.csv, line 3: the id is empty.",
        "roster.csv, line 4: the role is neither learner nor tutor.",
        "roster.csv, line 5: the status is neither active nor withdrawn.",
        "roster.csv, line 6: the e-mail address has no @.",
        "roster.csv, line 7: the home page is not an address.",
        "roster.csv, line 11: it has 11 cells and the first line 10.",
    ]
    assert {problem.kind for problem in read.problems} == {ProblemKind.REFUSED}
    assert read.whole == []


def test_a_table_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    read = table(tmp_path, 'id,name\n1,A\n2,"never closed\n3,C\n')
    assert [person.id for person in read.people] == ["school-1"]
    assert [problem.code for problem in read.problems] == ["roster_line"]
    assert read.whole == []


def test_a_person_in_two_classes_is_one_person_with_two_memberships(tmp_path: Path) -> None:
    read = table(tmp_path, "id,name,class,email\n1,A,x,a@example.org\n1,A,y,\n")
    assert len(read.people) == 1
    assert read.people[0].accounts == (own("1"), "mbox:a@example.org", identity.sha1_of("a@example.org"))
    assert [each.id for each in read.memberships] == ["1-learner-x", "1-learner-y"]
    assert read.problems == []


def test_two_rows_that_differ_are_reported_and_the_later_one_holds(tmp_path: Path) -> None:
    read = table(tmp_path, "id,name,class,status\n1,A,x,active\n1,B,x,withdrawn\n")
    assert [person.name for person in read.people] == ["B"]
    (membership,) = read.memberships
    assert isinstance(membership, Membership)
    assert membership.status is MembershipStatus.WITHDRAWN
    assert [(problem.kind, problem.text) for problem in read.problems] == [
        (
            ProblemKind.NOTICE,
            "roster.csv, line 3: names the person of line 2 differently; this later name holds.",
        ),
        (
            ProblemKind.NOTICE,
            "roster.csv, line 3: differs from line 2 of the same membership; this one holds.",
        ),
    ]
    assert read.whole == [Scope(kind="membership", activity=None)]


PERSON = '{"kind":"person","id":"1","name":"李伟","accounts":[%s]}'
MEMBERSHIP = '{"kind":"membership","id":"m1","person":"%s","role":"tutor","class":null,"status":"active"}'


@pytest.mark.parametrize(
    ("given", "accounts"),
    [
        ('{"account":{"home_page":"HTTP://M.example/","name":"7"}}', ("account:http://m.example|7",)),
        ('{"mbox":"mailto:A@example.org"}', ("mbox:a@example.org", identity.sha1_of("a@example.org"))),
        ('{"mbox_sha1sum":"ABC"}', ("mbox_sha1sum:abc",)),
        ('{"openid":"https://id.example/7"}', ("openid:https://id.example/7",)),
    ],
)
def test_a_person_line_carries_accounts_of_all_four_kinds(
    tmp_path: Path, given: str, accounts: tuple[str, ...]
) -> None:
    (person,) = lines(tmp_path, PERSON % given).people
    assert person == KnownPerson(id="school-1", name="李伟", accounts=(own("1"), *accounts))


def test_memberships_name_their_person_wherever_the_lines_stand(tmp_path: Path) -> None:
    read = lines(tmp_path, MEMBERSHIP % "1", "", PERSON % "")
    assert [
        (each.id, each.person, each.source) for each in read.memberships if isinstance(each, Membership)
    ] == [("m1", own("1"), "school")]


def test_other_kinds_of_an_evidence_file_are_passed_over(tmp_path: Path) -> None:
    read = lines(tmp_path, PERSON % "", '{"kind":"watch","id":"w"}')
    assert (len(read.people), read.problems) == (1, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "it is not JSON in UTF-8"),
        ("[]", "Expected `object`, got `array`"),
        ('{"id":"1"}', "Object missing required field `kind`"),
        ('{"kind":"pet","id":"1"}', "its kind is not one that an evidence file has"),
        ('{"kind":"person","id":"2"}', "Object missing required field `name`"),
        ('{"kind":"person","id":"","name":"A"}', "the id is empty"),
        (
            '{"kind":"person","id":"2","name":"A","accounts":[{"account":{"home_page":"","name":"7"}}]}',
            "an account lacks its home page or its name",
        ),
        (
            '{"kind":"person","id":"2","name":"A","accounts":[{}]}',
            "neither account, mbox, mbox_sha1sum nor openid",
        ),
        (
            '{"kind":"membership","id":"m","person":"1","role":"learner"}',
            "class: is missing; status: is missing",
        ),
        (MEMBERSHIP % "nobody", "a membership of nobody in this file"),
    ],
)
def test_a_bad_line_is_reported_by_its_number_and_the_others_are_kept(
    tmp_path: Path, line: str, reason: str
) -> None:
    read = lines(tmp_path, PERSON % "", line)
    assert len(read.people) == 1
    (problem,) = read.problems
    assert problem.subject == "roster.jsonl, line 2"
    assert reason in problem.text
    assert read.whole == []


def test_a_roster_is_called_as_the_settings_call_it(tmp_path: Path) -> None:
    assert RosterFile(name="school", path=tmp_path).name == "school"


def test_a_byte_order_mark_before_the_first_line_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "roster.jsonl"
    path.write_bytes(BOM_UTF8 + (PERSON % "").encode())
    assert len(Read(path).people) == 1


@pytest.mark.parametrize("text", ["", "name,role\nA,learner\n", "\n"])
def test_a_table_without_an_id_column_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlatformMisread, match="first line must name the columns"):
        table(tmp_path, text)


@pytest.mark.parametrize("text", ['"id"x,name\n1,A\n', '"id,name\n1,A\n'])
def test_a_first_line_with_a_stray_quotation_mark_is_said_to_be_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlatformMisread, match=r"roster\.csv: its first line is no row of a table"):
        table(tmp_path, text)


def test_what_is_in_no_known_encoding_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes(b"id,name\n1,\xff\xff\n")
    with pytest.raises(PlatformMisread, match="neither UTF-8 nor GB18030"):
        Read(tmp_path / "roster.csv")


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(PlatformRefused, match="the roster cannot be read"):
        Read(tmp_path / "roster.csv")

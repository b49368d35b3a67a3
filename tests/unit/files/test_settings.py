"""Settings of the environment and of a file: which outweighs which, and what is no setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_scoring.domain.errors import SettingsMistakes
from lms_scoring.domain.retention import Ages
from lms_scoring.files.settings import Platform, PlatformKind, Settings, read_settings

MOODLE = {
    "LMS_SCORING_PLATFORM_MOODLE_KIND": "moodle",
    "LMS_SCORING_PLATFORM_MOODLE_URL": "https://moodle.example.edu",
    "LMS_SCORING_PLATFORM_MOODLE_TOKEN": "a-token",
}
FILE = """
language = "en"
allowed_private_hosts = ["10.0.0.5"]

[platform.big-lrs]
kind = "xapi"
url = "https://lrs.example.edu/xapi"
key = "k"
secret_file = "secret"
deadline = 30
"""


def mistakes(environment: dict[str, str], folder: Path) -> list[str]:
    with pytest.raises(SettingsMistakes) as caught:
        read_settings(environment, working_folder=folder)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_without_any_setting_there_are_defaults(tmp_path: Path) -> None:
    assert read_settings({"PATH": "/bin"}, working_folder=tmp_path) == Settings()


def test_a_platform_is_described_by_variables(tmp_path: Path) -> None:
    settings = read_settings(
        {
            **MOODLE,
            "LMS_SCORING_PLATFORM_MOODLE_ATTEMPTS": "2",
            "LMS_SCORING_PLATFORM_MOODLE_SYNC_LIMIT": "600",
            "LMS_SCORING_PLATFORM_BIG_LRS_KIND": "xapi",
            "LMS_SCORING_PLATFORM_BIG_LRS_URL": "https://lrs.example.edu/xapi",
            "LMS_SCORING_PLATFORM_BIG_LRS_KEY": "k",
            "LMS_SCORING_PLATFORM_BIG_LRS_SECRET": "s",
        },
        working_folder=tmp_path,
    )
    assert settings.platforms["moodle"] == Platform(
        name="moodle",
        kind=PlatformKind.MOODLE,
        url="https://moodle.example.edu",
        token="a-token",
        attempts=2,
        sync_limit=600,
    )
    assert (settings.platforms["big-lrs"].secret, settings.platforms["big-lrs"].deadline) == ("s", 120)


def test_a_variable_outweighs_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    settings = read_settings(
        {
            "LMS_SCORING_SETTINGS": "settings.toml",
            "LMS_SCORING_LANGUAGE": "zh",
            "LMS_SCORING_PLATFORM_BIG_LRS_DEADLINE": "60",
        },
        working_folder=tmp_path,
    )
    lrs = settings.platforms["big-lrs"]
    assert settings.language == "zh"
    assert settings.allowed_private_hosts == {"10.0.0.5"}
    assert (lrs.key, lrs.secret, lrs.deadline) == ("k", "from a file", 60)


def test_a_variable_outweighs_the_files_own_file_of_a_secret(tmp_path: Path) -> None:
    named = 'database_url_file = "url"\nmetrics_token_file = "token"\nnotify_file = "notify"\n'
    (tmp_path / "settings.toml").write_text(named + FILE, encoding="utf-8")
    files = {
        "url": "sqlite:///of-a-file",
        "token": "o" * 16,
        "notify": "mailto://file",
        "secret": "of a file",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    by_file = {"LMS_SCORING_SETTINGS": "settings.toml"}
    read = read_settings(by_file, working_folder=tmp_path)
    assert (read.database_url, read.metrics_token) == ("sqlite:///of-a-file", "o" * 16)
    variables = {
        "LMS_SCORING_DATABASE_URL": "sqlite:///of-a-variable",
        "LMS_SCORING_METRICS_TOKEN": "v" * 16,
        "LMS_SCORING_NOTIFY": "mailto://variable",
        "LMS_SCORING_PLATFORM_BIG_LRS_SECRET": "of a variable",
    }
    read = read_settings({**by_file, **variables}, working_folder=tmp_path)
    assert (read.database_url, read.metrics_token) == ("sqlite:///of-a-variable", "v" * 16)
    assert (read.notify, read.platforms["big-lrs"].secret) == (("mailto://variable",), "of a variable")


def test_a_secret_beside_the_name_of_its_file_is_a_mistake(tmp_path: Path) -> None:
    """Whoever changes one and forgets the other would wonder for long which of them holds."""
    for name in ("url", "secret"):
        (tmp_path / name).write_text("canary", encoding="utf-8")
    variables = {
        "LMS_SCORING_DATABASE_URL": "sqlite:///canary",
        "LMS_SCORING_DATABASE_URL_FILE": "url",
        **MOODLE,
        "LMS_SCORING_PLATFORM_MOODLE_TOKEN_FILE": "secret",
    }
    found = mistakes(variables, tmp_path)
    beside = "and only one of the two can hold: remove one of them"
    assert f"LMS_SCORING_DATABASE_URL_FILE: stands beside LMS_SCORING_DATABASE_URL, {beside}" in found
    other = "LMS_SCORING_PLATFORM_MOODLE_TOKEN"
    assert f"{other}_FILE: stands beside {other}, {beside}" in found
    assert "canary" not in str(found)
    twice = f'metrics_token = "{"c" * 16}"\nmetrics_token_file = "token"\n{FILE}secret = "of the settings"\n'
    (tmp_path / "settings.toml").write_text(twice, encoding="utf-8")
    (tmp_path / "token").write_text("c" * 16, encoding="utf-8")
    assert mistakes({"LMS_SCORING_SETTINGS": "settings.toml"}, tmp_path) == [
        f"metrics_token_file: stands beside metrics_token, {beside}",
        f"platform.big-lrs.secret_file: stands beside secret, {beside}",
    ]


def test_a_variable_of_another_program_outweighs_nothing(tmp_path: Path) -> None:
    """Where programs are hosted a `DATABASE_URL` is usual, and is none of ours."""
    (tmp_path / "settings.toml").write_text('database_url_file = "url"\n', encoding="utf-8")
    (tmp_path / "url").write_text("sqlite:///of-a-file", encoding="utf-8")
    variables = {"LMS_SCORING_SETTINGS": "settings.toml", "DATABASE_URL": "sqlite:///of-another"}
    assert read_settings(variables, working_folder=tmp_path).database_url == "sqlite:///of-a-file"


def test_a_variable_that_names_a_file_outweighs_what_the_file_of_settings_says(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('database_url = "sqlite:///of-the-settings"\n', encoding="utf-8")
    (tmp_path / "url").write_text("sqlite:///of-a-file", encoding="utf-8")
    named = {"LMS_SCORING_SETTINGS": "settings.toml", "LMS_SCORING_DATABASE_URL_FILE": "url"}
    assert read_settings(named, working_folder=tmp_path).database_url == "sqlite:///of-a-file"


def test_hosts_and_the_folder_of_courses_come_from_variables(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": " 10.0.0.5, moodle.lan:8080 ,",
            "LMS_SCORING_COURSES": "our-courses",
        },
        working_folder=tmp_path,
    )
    assert settings.allowed_private_hosts == {"10.0.0.5", "moodle.lan:8080"}
    assert (settings.courses, settings.courses_named) == (tmp_path / "our-courses", True)


def test_fonts_are_families_and_folders(tmp_path: Path) -> None:
    named = {"LMS_SCORING_FONTS": "Noto Serif CJK SC, ./fonts, /usr/share/our-fonts"}
    read = read_settings(named, working_folder=tmp_path)
    assert read.fonts == ("Noto Serif CJK SC", str(tmp_path / "fonts"), "/usr/share/our-fonts")
    assert read_settings({}, working_folder=tmp_path).fonts == ()


def test_numbers_that_the_institution_gives_are_told_by_source_and_name(tmp_path: Path) -> None:
    named = {**MOODLE, "LMS_SCORING_GIVEN_NUMBERS": "moodle.idnumber, lti-1.username"}
    read = read_settings(named, working_folder=tmp_path)
    assert read.given_numbers == {"moodle.idnumber", "lti-1.username"}
    assert read_settings({}, working_folder=tmp_path).given_numbers == frozenset()
    with pytest.raises(SettingsMistakes, match="must be a source and one of its names"):
        read_settings({"LMS_SCORING_GIVEN_NUMBERS": "moodle"}, working_folder=tmp_path)


@pytest.mark.parametrize(
    ("named", "near"),
    [
        ("moodel.username", "; did you mean 'moodle'?"),
        ("lti1.username", ""),
        ("lti-0.idnumber", ""),
        ("big-lrs.username", ""),
    ],
)
def test_numbers_of_a_source_that_there_is_not_are_a_mistake(tmp_path: Path, named: str, near: str) -> None:
    (tmp_path / "settings.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    variables = {
        **MOODLE,
        "LMS_SCORING_SETTINGS": "settings.toml",
        "LMS_SCORING_GIVEN_NUMBERS": f"moodle.username, {named}",
    }
    (told,) = mistakes(variables, tmp_path)
    where = "LMS_SCORING_GIVEN_NUMBERS: must name a Moodle of the settings (moodle)"
    assert told == f"{where} or the roster of a registration, such as lti-1{near}"
    (alone,) = mistakes({"LMS_SCORING_GIVEN_NUMBERS": named}, tmp_path)
    assert "(there is none)" in alone


def test_authorities_of_a_record_store_are_accounts_and_without_them_anybody_is_believed(
    tmp_path: Path,
) -> None:
    lrs = {
        "LMS_SCORING_PLATFORM_LRS_KIND": "xapi",
        "LMS_SCORING_PLATFORM_LRS_URL": "https://lrs.example.edu/xapi",
        "LMS_SCORING_PLATFORM_LRS_KEY": "k",
        "LMS_SCORING_PLATFORM_LRS_SECRET": "s",
    }
    plain = read_settings(lrs, working_folder=tmp_path).platforms["lrs"]
    assert (plain.authorities, plain.video_authorities) == (None, None)
    named = {
        "LMS_SCORING_PLATFORM_LRS_AUTHORITIES": "https://lrs.example.edu|moodle, mailto:a@lrs.example",
        "LMS_SCORING_PLATFORM_LRS_VIDEO_AUTHORITIES": "mailto:player@lrs.example",
    }
    read = read_settings({**lrs, **named}, working_folder=tmp_path).platforms["lrs"]
    assert read.authorities == frozenset({"account:https://lrs.example.edu|moodle", "mbox:a@lrs.example"})
    assert read.video_authorities == frozenset({"mbox:player@lrs.example"})
    wrong_ones = (
        ("https://[|x", "must name an agent"),
        ("lrs.example.edu|moodle", "the address with its https://"),
        ("mailto:a@lrs.example, moodle", "must name an agent"),
        ("", "names nobody"),
    )
    for wrong, said in wrong_ones:
        with pytest.raises(SettingsMistakes, match=said):
            read_settings({**lrs, "LMS_SCORING_PLATFORM_LRS_AUTHORITIES": wrong}, working_folder=tmp_path)


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    told = repr(read_settings(MOODLE, working_folder=tmp_path))
    assert "moodle.example.edu" in told
    assert "a-token" not in told


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("URL", "moodle.example.edu", "LMS_SCORING_PLATFORM_MOODLE_URL: must be an address such as"),
        ("URL", "https://[::1", "LMS_SCORING_PLATFORM_MOODLE_URL: must be an address such as"),
        ("URL", "https://a.example.edu:99999", "LMS_SCORING_PLATFORM_MOODLE_URL: must be an address such as"),
        ("URL", "https://me:pw@a.example.edu", "LMS_SCORING_PLATFORM_MOODLE_URL: must not carry a name"),
        ("URL", "https://a.example.edu/?wstoken=1", "LMS_SCORING_PLATFORM_MOODLE_URL: must not carry a name"),
        ("KIND", "xapi", "LMS_SCORING_PLATFORM_MOODLE_KEY: an LRS needs a key and a secret"),
        ("KIND", "mooodle", "LMS_SCORING_PLATFORM_MOODLE_KIND: must be one of moodle, xapi; did you mean"),
        ("TOKEN", "", "LMS_SCORING_PLATFORM_MOODLE_TOKEN: must not be empty"),
        ("ATTEMPTS", "0", "LMS_SCORING_PLATFORM_MOODLE_ATTEMPTS: must be a whole number from 1 to 10"),
        ("DEADLINE", "1e9", "LMS_SCORING_PLATFORM_MOODLE_DEADLINE: must be a whole number"),
        ("SYNC_LIMIT", "0", "LMS_SCORING_PLATFORM_MOODLE_SYNC_LIMIT: must be a whole number from 1"),
    ],
)
def test_a_platform_that_cannot_be_reached_like_that_is_a_mistake(
    tmp_path: Path, name: str, value: str, mistake: str
) -> None:
    found = mistakes({**MOODLE, f"LMS_SCORING_PLATFORM_MOODLE_{name}": value}, tmp_path)
    assert any(each.startswith(mistake) for each in found), found


@pytest.mark.parametrize(
    ("variable", "near"),
    [
        ("LMS_SCORING_DATABSE_URL", "LMS_SCORING_DATABASE_URL"),
        ("LMS_SCORING_NOTIFY_FLIE", "LMS_SCORING_NOTIFY_FILE"),
        ("LMS_SCORING_RETENTION_RUN", "LMS_SCORING_RETENTION_RUNS"),
        ("LMS_SCORING_RETENTION_SIGNINS", "LMS_SCORING_RETENTION_SIGN_INS"),
        ("LMS_SCORING_SETTING", "LMS_SCORING_SETTINGS"),
        ("LMS_SCORING_PLATFORM_BIG_LRS_SECRTE", "LMS_SCORING_PLATFORM_BIG_LRS_SECRET"),
    ],
)
def test_a_variable_that_is_no_setting_is_a_mistake_with_the_nearest(
    tmp_path: Path, variable: str, near: str
) -> None:
    assert mistakes({variable: "x"}, tmp_path) == [f"{variable}: is not a setting; did you mean {near}?"]
    assert mistakes({"LMS_SCORING_X": "x"}, tmp_path) == ["LMS_SCORING_X: is not a setting"]


@pytest.mark.parametrize("first", [True, False], ids=["before its keys", "after them"])
@pytest.mark.parametrize(
    ("variable", "key", "others"),
    [
        ("RETENTION", "RETENTION_RUNS", "RETENTION_RUNS or LMS_SCORING_RETENTION_QUARANTINE or LMS_SCORING_"),
        ("PLATFORM", "PLATFORM_M_KIND", "PLATFORM_<NAME>_KIND, _URL and so on"),
    ],
)
def test_a_variable_for_a_whole_table_is_told_which_ones_there_are(
    tmp_path: Path, variable: str, key: str, others: str, first: bool
) -> None:
    pairs = [(f"LMS_SCORING_{variable}", "canary"), (f"LMS_SCORING_{key}", "400")]
    (told,) = mistakes(dict(pairs if first else reversed(pairs)), tmp_path)
    assert told.startswith(f"LMS_SCORING_{variable}: is set one by one, as LMS_SCORING_{others}")
    assert "in a file of settings" in told
    assert "canary" not in told


def test_mistakes_of_the_file_have_their_lines_and_those_of_variables_none(tmp_path: Path) -> None:
    """Nothing that stands there is shown: a secret may stand anywhere."""
    text = 'language = "canary"\n\n[platform.moodle]\nkind = "moodle"\nurl = "canary"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    environment = {
        "LMS_SCORING_SETTINGS": "settings.toml",
        "LMS_SCORING_LOG": "canary",
        "LMS_SCORING_PLATFORM_LRS_KIND": "moodle",
        "LMS_SCORING_PLATFORM_LRS_TOKEN": "canary",
    }
    with pytest.raises(SettingsMistakes) as caught:
        read_settings(environment, working_folder=tmp_path)
    assert "canary" not in str(caught.value)
    assert [(one.line, one.place) for one in caught.value.mistakes] == [
        (1, "language"),
        (3, "platform.moodle.token"),
        (5, "platform.moodle.url"),
        (None, "LMS_SCORING_LOG"),
        (None, "LMS_SCORING_PLATFORM_LRS_URL"),
    ]
    assert "\n  settings.toml:1: language: must be one of zh, en\n" in str(caught.value)


def test_a_platform_without_credentials_is_a_mistake(tmp_path: Path) -> None:
    bare = {name: value for name, value in MOODLE.items() if not name.endswith("TOKEN")}
    assert mistakes(bare, tmp_path) == [
        "LMS_SCORING_PLATFORM_MOODLE_TOKEN: a Moodle needs a web-service token (token or token_file)"
    ]


def test_the_file_of_the_sealing_key_is_named_by_a_variable_or_the_file(tmp_path: Path) -> None:
    named = {"LMS_SCORING_SEALING_KEY_FILE": "secrets/sealing.key"}
    assert read_settings(named, working_folder=tmp_path).sealing_key_file == tmp_path / "secrets/sealing.key"
    (tmp_path / "settings.toml").write_text('sealing_key_file = "/run/secrets/sealing"', encoding="utf-8")
    filed = {"LMS_SCORING_SETTINGS": "settings.toml"}
    assert read_settings(filed, working_folder=tmp_path).sealing_key_file == Path("/run/secrets/sealing")
    unnamed = mistakes({"LMS_SCORING_SEALING_KEY_FILE": ""}, tmp_path)
    assert unnamed == ["LMS_SCORING_SEALING_KEY_FILE: must not be empty"]


@pytest.mark.parametrize("name", ["lti1", "lti12", "lti1-north", "lti-1"])
def test_no_platform_bears_the_name_of_a_registered_one(name: str, tmp_path: Path) -> None:
    """Its people would be those of that registration."""
    (tmp_path / "settings.toml").write_text(FILE.replace("big-lrs", name), encoding="utf-8")
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    (mistake,) = mistakes({"LMS_SCORING_SETTINGS": "settings.toml"}, tmp_path)
    assert f"platform.{name}" in mistake
    assert "is a name that registered platforms have" in mistake


def test_a_name_that_is_taken_is_said_of_all_variables_of_the_platform(tmp_path: Path) -> None:
    """Not of the key of a record store, which is a variable too."""
    named = {
        f"LMS_SCORING_PLATFORM_LTI_1_{one}": value
        for one, value in (("KIND", "moodle"), ("URL", "https://moodle.example.edu"), ("TOKEN", "t"))
    }
    assert mistakes(named, tmp_path) == [
        "LMS_SCORING_PLATFORM_LTI_1_…: is a name that registered platforms have; give this one another"
    ]


@pytest.mark.parametrize("name", ["lti", "ltix", "my-lti1", "lti-north"])
def test_other_names_are_free(name: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(FILE.replace("big-lrs", name), encoding="utf-8")
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    assert name in read_settings({"LMS_SCORING_SETTINGS": "settings.toml"}, working_folder=tmp_path).platforms


def test_whom_to_tell_and_who_may_read_metrics_are_secrets(tmp_path: Path) -> None:
    (tmp_path / "addresses").write_text(
        "dingtalk://canary\nmailtos://u:p@example.edu?to=a,b\n", encoding="utf-8"
    )
    (tmp_path / "token").write_text("canary-0123456789\n", encoding="utf-8")
    environment = {
        "LMS_SCORING_NOTIFY_FILE": "addresses",
        "LMS_SCORING_METRICS_TOKEN_FILE": "token",
        "LMS_SCORING_LOG": "json",
    }
    found = read_settings(environment, working_folder=tmp_path)
    assert found.notify == ("dingtalk://canary", "mailtos://u:p@example.edu?to=a,b")
    assert (found.metrics_token, found.log) == ("canary-0123456789", "json")
    assert "canary" not in repr(found)
    listed = read_settings({"LMS_SCORING_NOTIFY": "json://a/?x=1,2  feishu://b"}, working_folder=tmp_path)
    assert listed.notify == ("json://a/?x=1,2", "feishu://b")


def test_an_address_with_a_password_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("postgresql://us:canary@host/scores\n", encoding="utf-8")
    environment = {"LMS_SCORING_DATABASE_URL_FILE": "address"}
    found = read_settings(environment, working_folder=tmp_path)
    assert found.database_url == "postgresql://us:canary@host/scores"
    assert "canary" not in repr(found)


def test_what_is_wrong_with_them_is_told_without_them(tmp_path: Path) -> None:
    environment = {
        "LMS_SCORING_METRICS_TOKEN": "canary",
        "LMS_SCORING_NOTIFY_FILE": "missing",
        "LMS_SCORING_LOG": "xml",
    }
    with pytest.raises(SettingsMistakes) as caught:
        read_settings(environment, working_folder=tmp_path)
    assert sorted(str(one) for one in caught.value.mistakes) == [
        "LMS_SCORING_LOG: must be one of text, json",
        "LMS_SCORING_METRICS_TOKEN: must be 16 characters or more, without spaces",
        "LMS_SCORING_NOTIFY_FILE: cannot be read: No such file or directory",
    ]


def test_ages_come_from_the_file_and_variables_outweigh_it(tmp_path: Path) -> None:
    text = "[retention]\nruns = 400\nquarantine = 90\n"
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    environment = {
        "LMS_SCORING_SETTINGS": "settings.toml",
        "LMS_SCORING_RETENTION_RUNS": "365",
        "LMS_SCORING_RETENTION_SIGN_INS": "7",
    }
    found = read_settings(environment, working_folder=tmp_path)
    assert found.retention == Ages(runs=365, quarantine=90, sign_ins=7)
    assert read_settings({}, working_folder=tmp_path).retention == Ages()


def test_an_age_that_is_too_short_or_of_nothing_is_told(tmp_path: Path) -> None:
    text = "[retention]\ncards = 400\nruns = 7\n"
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsMistakes) as caught:
        read_settings({"LMS_SCORING_SETTINGS": "settings.toml"}, working_folder=tmp_path)
    assert sorted(one.place for one in caught.value.mistakes) == ["retention.cards", "retention.runs"]
    (tmp_path / "settings.toml").write_text('retention = "long"\n', encoding="utf-8")
    environment = {"LMS_SCORING_SETTINGS": "settings.toml", "LMS_SCORING_RETENTION_RUNS": "365"}
    with pytest.raises(SettingsMistakes) as caught:
        read_settings(environment, working_folder=tmp_path)
    assert [one.place for one in caught.value.mistakes] == ["retention"]


def test_what_is_missing_beside_variables_is_named_by_its_variable(tmp_path: Path) -> None:
    told = {"LMS_SCORING_PLATFORM_BIG_LRS_KIND": "xapi", "LMS_SCORING_PLATFORM_BIG_LRS_KEY": "k"}
    assert "LMS_SCORING_PLATFORM_BIG_LRS_URL: is missing" in mistakes(told, tmp_path)

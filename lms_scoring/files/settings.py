"""Settings: from `LMS_SCORING_…` variables and, where named, a TOML file; checked as a whole at the start.

A variable outweighs the file. Secrets may stand in files of their own: `…_TOKEN_FILE`, `token_file`; a
variable outweighs those too that the settings' file names. Both at one place are a mistake: which of them
holds, nobody could tell by looking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from lms_scoring.domain.errors import Mistake, SettingsMistakes
from lms_scoring.domain.identity import NameKind, agent_named
from lms_scoring.domain.nearest import did_you_mean, nearest
from lms_scoring.domain.registration import ROSTER_PREFIX
from lms_scoring.domain.retention import Ages, Past
from lms_scoring.files.course_file import SourceKind
from lms_scoring.files.secret_files import SecretNames, read_into, told_twice, variables_twice
from lms_scoring.files.toml_file import (
    NO_SETTING,
    SOMETHING,
    in_order,
    loaded,
    one_of,
    parsed,
    read_text,
    whole,
)
from lms_scoring.files.toml_lines import lines_of

PREFIX = "LMS_SCORING_"
SECRETS = SecretNames(ours=("database_url", "notify", "metrics_token"), platforms=("token", "secret"))
"""What may stand in a file of its own."""
_TABLES = {
    "platform": f"is set one by one, as {PREFIX}PLATFORM_<NAME>_KIND, _URL and so on; or by tables such as "
    "[platform.moodle] in a file of settings",
    "retention": "is set one by one, as "
    + " or ".join(f"{PREFIX}RETENTION_{past.upper()}" for past in Past)
    + ", in days; or by a table [retention] in a file of settings",
}
"""Settings that are tables in a file: each key in them has a variable. What is told of one for the table."""
_ADDRESSES = f"{PREFIX}NOTIFY"
"""Addresses may have commas in them, so there are spaces or line ends between them."""
_RETENTION = re.compile(PREFIX + f"RETENTION_({'|'.join(Past).upper()})")
_USUAL_COURSES = Path("courses")
"""From where the program runs; a folder that somebody names is told from the root on."""
_OF_REGISTRATIONS = re.compile(r"lti-?[0-9]+(-.*)?")
_ROSTER = re.compile(f"{ROSTER_PREFIX}[1-9][0-9]*")


class PlatformKind(StrEnum):
    """How a platform is spoken to; a source that is one is of the kind of that name."""

    MOODLE = SourceKind.MOODLE.value
    XAPI = SourceKind.XAPI.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """How a platform is reached: a Moodle by a web-service token, an LRS by key and secret.

    `deadline` is the most seconds one call may take with all its tries, of which there are `attempts` at most
    where one broke off or met a busy platform; `sync_limit`, the most seconds for all calls of one sync.
    `authorities` are accounts of who is believed of an LRS's statements, `video_authorities` of those of
    video players; None: whoever.
    """

    name: str
    kind: PlatformKind
    url: str
    token: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    deadline: int = 120
    attempts: int = 4
    sync_limit: int = 14_400
    authorities: frozenset[str] | None = None
    video_authorities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an installation decides."""

    database_url: str = field(default="sqlite:///data/lms-scoring.sqlite", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    allowed_private_hosts: frozenset[str] = frozenset()
    courses: Path = _USUAL_COURSES
    language: str = "zh"
    sealing_key_file: Path | None = None
    """Where the key lies that our own keys are sealed by; None: beside the database."""
    notify: tuple[str, ...] = field(default=(), repr=False)
    """Whom to tell of what fails: addresses as apprise wants them, which are secrets."""
    metrics_token: str | None = field(default=None, repr=False)
    """What a monitoring system shows to read the metrics; None: nobody reads them."""
    log: str = "text"
    """Whether logs are lines for people, or JSON."""
    fonts: tuple[str, ...] = ()
    """What PDFs are set in before the usual fonts: names of families, and folders (those with a slash)."""
    given_numbers: frozenset[str] = frozenset()
    """Numbers by which platforms call people and which the institution gives: `moodle.username`, for one."""
    retention: Ages = field(default_factory=Ages)
    """After how many days things go that are kept for a while only."""
    platforms: Mapping[str, Platform] = field(default_factory=dict)

    @property
    def courses_named(self) -> bool:
        """Whether somebody said where the course files are; the usual folder need not be there."""
        return self.courses != _USUAL_COURSES


def read_settings(environment: Mapping[str, str], *, working_folder: Path) -> Settings:
    """The settings of the environment and the file it names. Raises SettingsMistakes with all of them."""
    name = environment.get(f"{PREFIX}SETTINGS")
    text = "" if name is None else read_text(working_folder / name, kind=SettingsMistakes)
    tables = parsed(text, name or "", kind=SettingsMistakes)
    both = [*told_twice(tables, SECRETS)]
    for key in environment:
        _outweigh(tables, key)
    variables = {_put(tables, key, value): key for key, value in environment.items()}
    mistakes = [
        *both,
        *variables_twice(key for key in environment if _is_secret(key)),
        *read_into(tables, SECRETS, working_folder),
    ]
    label = "in the environment" if name is None else f"in {name} and the environment"
    data: dict[str, Any] = {}
    try:
        data = loaded(_SettingsSchema(), tables, label, kind=SettingsMistakes, text=None)
    except SettingsMistakes as error:
        mistakes = [*error.mistakes, *mistakes]
    if mistakes:
        raise SettingsMistakes(label, _placed(mistakes, variables, text, name))
    platforms = {one: _platform(one, told) for one, told in data.pop("platform", {}).items()}
    hosts = frozenset(data.pop("allowed_private_hosts", ()))
    for path in ("courses", "sealing_key_file"):
        if path in data:
            data[path] = working_folder / data[path]
    fonts = data.pop("fonts", ())
    data["given_numbers"] = frozenset(data.pop("given_numbers", ()))
    data["notify"] = tuple(data.pop("notify", ()))
    ages = Ages(**data.pop("retention", {}))
    data["fonts"] = tuple(str(working_folder / font) if "/" in font else font for font in fonts)
    return Settings(platforms=platforms, allowed_private_hosts=hosts, retention=ages, **data)


def _platform(name: str, connection: Mapping[str, Any]) -> Platform:
    believed = {
        key: frozenset(map(agent_named, connection[key])) for key in _LISTS_OF_PLATFORMS & connection.keys()
    }
    return Platform(name=name, **{**connection, **believed, "kind": PlatformKind(connection["kind"])})


def database_elsewhere(*, url: str | None, file: Path | None) -> str:
    """The address of another database, as it is given or as it stands in a file; checked as the setting is.

    Raises SettingsMistakes.
    """
    given: dict[str, Any] = {"database_url": url, "database_url_file": file}
    given = {name: value for name, value in given.items() if value is not None}
    label = "of the new database"
    if mistakes := tuple(read_into(given, SecretNames(ours=("database_url",)), Path())):
        raise SettingsMistakes(label, mistakes)
    return str(loaded(_SettingsSchema(), given, label, kind=SettingsMistakes, text=None)["database_url"])


def _placed(
    mistakes: Iterable[Mistake], variables: Mapping[str | None, str], text: str, name: str | None
) -> tuple[Mistake, ...]:
    """Each by the variable that it comes from, or else with its line in the file."""
    lines = lines_of(text)
    of_file, others = [], []
    for one in mistakes:
        if one.place in variables:
            variable = variables[one.place]
            others.append(replace(one, place=variable, text=_of_variable(one, variable)))
        elif {one.place, one.place.rpartition(".")[0]} & lines.keys():
            of_file.append(replace(one, file=name))
        else:  # it is missing, beside variables alone
            others.append(replace(one, place=_variable_for(one)))
    return (*in_order(of_file, text), *others)


def _variable_for(mistake: Mistake) -> str:
    """The variable by which would be told what has this place in a file: `platform.moodle.url`. What is wrong
    with a platform's name is with all of its variables."""
    place = mistake.place
    if not place.startswith("platform."):
        return place
    of_all = mistake.text == _TAKEN
    variable = PREFIX + (place.removesuffix(".key") if of_all else place).upper()
    return variable.replace(".", "_").replace("-", "_") + ("_…" if of_all else "")


def _of_variable(mistake: Mistake, variable: str) -> str:
    """What is wrong with it; the nearest variable, where it is none; where it is a table, its variables."""
    if mistake.place in _TABLES:
        return _TABLES[mistake.place]
    if not mistake.text.startswith(NO_SETTING):
        return mistake.text
    name = variable.removeprefix(PREFIX)
    known = ["SETTINGS", *(one.upper() for one in _SettingsSchema().fields if one not in _TABLES)]
    known += [f"{secret.upper()}_FILE" for secret in SECRETS.ours]
    known += [f"RETENTION_{past.upper()}" for past in Past]
    if name.startswith("PLATFORM_"):
        platform = name.rpartition("_")[0]
        known = [f"{platform}_{key.upper()}" for key in _KEYS_OF_PLATFORMS]
    near = nearest(name, known)
    return NO_SETTING if near is None else f"{NO_SETTING}; did you mean {PREFIX}{near}?"


def _is_secret(key: str) -> bool:
    """Whether a variable is of a secret, said itself or by the name of a file."""
    found = _PLATFORM.fullmatch(key)
    name = key.removeprefix(PREFIX) if found is None else found[2]
    known = SECRETS.ours if found is None else SECRETS.platforms
    return key.startswith(PREFIX) and name.removesuffix("_FILE").lower() in known


def _outweigh(tables: dict[str, Any], key: str) -> None:
    """What a variable says itself is not to be read from another file, which the file of settings names."""
    found = _PLATFORM.fullmatch(key)
    if found is None:
        if key.startswith(PREFIX) and (setting := key.removeprefix(PREFIX).lower()) in SECRETS.ours:
            tables.pop(f"{setting}_file", None)
        return
    platforms = tables.get("platform")
    connection = platforms.get(_name_of(found)) if isinstance(platforms, dict) else None
    if found[2].lower() in SECRETS.platforms and isinstance(connection, dict):
        connection.pop(f"{found[2].lower()}_file", None)


def _name_of(found: re.Match[str]) -> str:
    return found[1].lower().replace("_", "-")


def _put(tables: dict[str, Any], key: str, value: str) -> str | None:
    """Puts one variable where the file would have it, and tells that place; None: it is none of ours."""
    found = _PLATFORM.fullmatch(key)
    if found is not None:
        name = _name_of(found)
        platforms = tables.setdefault("platform", {})
        connection = platforms.setdefault(name, {}) if isinstance(platforms, dict) else None
        if isinstance(connection, dict):  # what is no table is a mistake that the schema reports
            key = found[2].lower()
            connection[key] = _parted(value) if key in _LISTS_OF_PLATFORMS else value
        return f"platform.{name}.{found[2].lower()}"
    if (past := _RETENTION.fullmatch(key)) is not None:
        ages = tables.setdefault("retention", {})
        if isinstance(ages, dict):
            ages[past[1].lower()] = value
        return f"retention.{past[1].lower()}"
    if not key.startswith(PREFIX) or key == f"{PREFIX}SETTINGS":
        return None
    setting = key.removeprefix(PREFIX).lower()
    if key == _ADDRESSES:
        tables[setting] = value.split()
    else:
        tables[setting] = _parted(value) if setting in _LISTS else value
    return setting


def _parted(value: str) -> list[str]:
    return [one.strip() for one in value.split(",") if one.strip()]


def _a_web_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:  # half an IPv6 address, a port beyond 65535
        raise ValidationError("must be an address such as https://moodle.example.edu") from error
    if not usable:
        raise ValidationError("must be an address such as https://moodle.example.edu")
    if parts.username is not None or parts.password is not None or parts.query:
        raise ValidationError("must not carry a name, a password or a query")


_TAKEN = "is a name that registered platforms have; give this one another"


def _a_free_name(name: str) -> None:
    """`lti1-63` is the person 63 of the platform that is registered as number 1, and `lti-1` its roster."""
    if _OF_REGISTRATIONS.fullmatch(name):
        raise ValidationError(_TAKEN)


def _an_agent(text: str) -> None:
    try:
        agent_named(text)
    except ValueError as error:
        raise ValidationError(
            "must name an agent: mailto:lrs@example.edu, or https://moodle.example.edu|name of the account, "
            "the address with its https:// as `platform check` shows it"
        ) from error


_SOMEBODY = validate.Length(min=1, error="names nobody; leave it out to believe whoever writes there")


class _PlatformSchema(Schema):
    kind = fields.String(required=True, validate=one_of(PlatformKind))
    url = fields.String(required=True, validate=_a_web_address)
    token = fields.String(validate=SOMETHING)
    key = fields.String(validate=SOMETHING)
    secret = fields.String(validate=SOMETHING)
    deadline = whole(1, 3600, strict=False)
    attempts = whole(1, 10, strict=False)
    sync_limit = whole(1, 172_800, strict=False)
    authorities = fields.List(fields.String(validate=_an_agent), validate=_SOMEBODY)
    video_authorities = fields.List(fields.String(validate=_an_agent), validate=_SOMEBODY)

    @validates_schema(skip_on_field_errors=False)
    def _credentials(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("kind") == PlatformKind.MOODLE and "token" not in data:
            raise ValidationError("a Moodle needs a web-service token (token or token_file)", "token")
        if data.get("kind") == PlatformKind.XAPI and not ("key" in data and "secret" in data):
            raise ValidationError("an LRS needs a key and a secret (secret or secret_file)", "key")


class _RetentionSchema(Schema):
    """Days. What a sync met is looked up for a month at least, and what was set aside for a week."""

    runs = whole(30, strict=False)
    quarantine = whole(7, strict=False)
    sign_ins = whole(1, strict=False)


_GIVEN = validate.Regexp(
    f"^[^.]+[.]({'|'.join(NameKind)})$",
    error="must be a source and one of its names for people, such as moodle.username or moodle.idnumber",
)


class _SettingsSchema(Schema):
    database_url = fields.String(
        validate=validate.Regexp(
            "^(sqlite|postgresql)://",
            error="must be an address such as sqlite:///data/scores.sqlite or postgresql://user@host/scores",
        )
    )
    public_url = fields.String(validate=_a_web_address)
    allowed_private_hosts = fields.List(fields.String())
    courses = fields.String()
    fonts = fields.List(fields.String(validate=SOMETHING))
    given_numbers = fields.List(fields.String(validate=_GIVEN))
    sealing_key_file = fields.String(validate=SOMETHING)
    notify = fields.List(fields.String(validate=SOMETHING))
    metrics_token = fields.String(
        validate=validate.Regexp("^[!-~]{16,}$", error="must be 16 characters or more, without spaces")
    )
    log = fields.String(validate=one_of(["text", "json"]))
    language = fields.String(validate=one_of(["zh", "en"]))
    retention = fields.Nested(_RetentionSchema)
    platform = fields.Dict(keys=fields.String(validate=_a_free_name), values=fields.Nested(_PlatformSchema))

    @validates_schema
    def _numbers_of_sources(self, data: Mapping[str, Any], **_: Any) -> None:
        """What is said of a source that there is not would hold for nobody, and nobody would notice."""
        platforms = data.get("platform", {}).items()
        moodles = sorted(name for name, told in platforms if told["kind"] == PlatformKind.MOODLE)
        for given in data.get("given_numbers", ()):
            source = given.rpartition(".")[0]
            if source not in moodles and not _ROSTER.fullmatch(source):
                known = ", ".join(moodles) or "there is none"
                raise ValidationError(
                    f"must name a Moodle of the settings ({known}) or the roster of a registration, such as "
                    f"lti-1{did_you_mean(source, moodles)}",
                    "given_numbers",
                )


def _lists_of(schema: Schema) -> frozenset[str]:
    """What names several things: a file has a list, a variable commas between them."""
    return frozenset(name for name, field_ in schema.fields.items() if isinstance(field_, fields.List))


_LISTS = _lists_of(_SettingsSchema())
_LISTS_OF_PLATFORMS = _lists_of(_PlatformSchema())
_KEYS_OF_PLATFORMS = (*_PlatformSchema().fields, *(f"{secret}_file" for secret in SECRETS.platforms))
_PLATFORM = re.compile(PREFIX + rf"PLATFORM_([A-Z0-9_]+?)_({'|'.join(_KEYS_OF_PLATFORMS).upper()})")
"""A variable of a platform: its name, and the key."""

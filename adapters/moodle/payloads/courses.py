"""A site, its courses, what a course has, what changed in it, and warnings that stand for missing data."""

from __future__ import annotations

import msgspec


class Warned(msgspec.Struct):
    """An entry of `warnings[]`: with HTTP 200 and no exception, data is missing."""

    item: str | None = None
    itemid: int | None = None
    warningcode: str = ""


class FunctionRow(msgspec.Struct):
    name: str


class SiteInfo(msgspec.Struct):
    """Of core_webservice_get_site_info; its `userprivateaccesskey` is left where it is."""

    release: str = ""
    functions: list[FunctionRow] = []


class CourseRow(msgspec.Struct):
    id: int
    idnumber: str = ""
    shortname: str = ""


class Courses(msgspec.Struct):
    courses: list[CourseRow]


class Module(msgspec.Struct):
    """An activity: `id` is the course module's, `instance` that of the assignment, forum, … itself."""

    id: int
    name: str
    modname: str
    instance: int | None = None
    visible: bool = True


class Section(msgspec.Struct):
    modules: list[Module]


class Update(msgspec.Struct):
    name: str
    itemids: list[int] = []


class UpdatedInstance(msgspec.Struct):
    id: int
    contextlevel: str = "module"
    updates: list[Update] = []


class Updates(msgspec.Struct):
    instances: list[UpdatedInstance]
    warnings: list[Warned] = []

"""The people of a course."""

from __future__ import annotations

import msgspec

from adapters.moodle.payloads.courses import Warned


class GroupRow(msgspec.Struct):
    id: int
    name: str


class RoleRow(msgspec.Struct):
    shortname: str


class User(msgspec.Struct):
    """A person of the roster, or of core_user_get_users_by_field (then without groups and roles).

    The e-mail and the identity fields are missing where the account may not see them.
    """

    id: int
    firstname: str = ""
    lastname: str = ""
    fullname: str = ""
    username: str = ""
    email: str = ""
    idnumber: str = ""
    groups: list[GroupRow] = []
    roles: list[RoleRow] = []


class GradableUser(msgspec.Struct):
    id: int
    suspended: bool = False


class GradableUsers(msgspec.Struct):
    users: list[GradableUser]
    warnings: list[Warned] = []

"""Addresses of our own pages as templates write them: a page has dozens, and each asked of Flask takes four
times as long as of the rule that it ends at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, request
from werkzeug.routing import Rule

_IN_ANCHORS = "%!#$&'()*+,/:;=?@"
"""What stays as it is behind a `#`."""
_ADDRESSES = "addresses"


def install(app: Flask) -> None:
    """Lets templates and views of the application write addresses."""
    addresses = app.extensions[_ADDRESSES] = Addresses(app)
    app.jinja_env.globals["url_for"] = addresses.url_for


def address_of(endpoint: str, /, **values: str) -> str:
    """That of a page of ours. Raises BuildError."""
    addresses: Addresses = current_app.extensions[_ADDRESSES]
    return addresses.url_for(endpoint, **values)


class Addresses:
    """Addresses within an application whose views are all known."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def url_for(self, endpoint: str, /, *, _anchor: str | None = None, **values: Any) -> str:
        """As Flask's, for a path of ours. Raises BuildError where there is no such view, or too little of its
        address is given."""
        rule = self._rules.get(endpoint)
        given = {name: value for name, value in values.items() if value is not None}
        built = None if rule is None or not rule.arguments <= given.keys() else rule.build(given)
        if built is None:
            return self._app.url_for(endpoint, _anchor=_anchor, **values)
        address = f"{request.script_root}{built[1]}"
        return address if _anchor is None else f"{address}#{quote(_anchor, safe=_IN_ANCHORS)}"

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        """The rule of each view that has one alone: of several, Flask chooses."""
        rules = list(self._app.url_map.iter_rules())
        many = Counter(rule.endpoint for rule in rules)
        return {rule.endpoint: rule for rule in rules if many[rule.endpoint] == 1}

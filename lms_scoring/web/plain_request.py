"""A request as all pages read it: what it does not bring is asked for as often as what it brings."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property


class Parameters(ImmutableMultiDict[str, str]):
    """Of an address, a form or cookies. What is not there is told without an error being made and caught, as
    Werkzeug does: a page asks for some ten of them."""

    def get(self, key: str, *default: Any, **more: Any) -> Any:
        """The first of that name, or the default; of those that a `type` cannot read the default too."""
        if key in self:
            return super().get(key, *default, **more)
        return default[0] if default else more.get("default")


class PlainRequest(Request):
    """Flask's, with such parameters."""

    parameter_storage_class = dict_storage_class = Parameters

    @cached_property
    def cookies(self) -> Parameters:
        """From where they stand: Werkzeug looks through all that a browser says."""
        return parse_cookie(self.environ.get("HTTP_COOKIE", ""), cls=Parameters)  # type: ignore[return-value]  # it is of the class named

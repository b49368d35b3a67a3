"""A client of the web services that knows nothing but how to write parameters."""

from dataclasses import dataclass, field
from typing import Any

import requests


@dataclass
class Caller:
    """Asks as one account."""

    url: str
    token: str
    session: requests.Session = field(default_factory=requests.Session)

    def response(self, function: str, **parameters: Any) -> requests.Response:
        """The whole HTTP response."""
        form = {"wstoken": self.token, "wsfunction": function, "moodlewsrestformat": "json"}
        place = f"{self.url}/webservice/rest/server.php"
        return self.session.post(place, data=form | folded(parameters), timeout=20, allow_redirects=False)

    def __call__(self, function: str, **parameters: Any) -> Any:
        """The JSON of the answer."""
        return self.response(function, **parameters).json()


def folded(value: Any, name: str = "") -> dict[str, str]:
    """Parameters in PHP's form."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        found: dict[str, str] = {}
        for key, member in members:
            found |= folded(member, f"{name}[{key}]" if name else str(key))
        return found
    return {name: str(int(value)) if isinstance(value, bool) else str(value)}

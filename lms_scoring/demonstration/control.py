"""The control door of the stand-in, under /demonstration: counts of requests, faults, changes."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from lms_scoring.demonstration.faults import Faults
from lms_scoring.demonstration.lti.faults import PlaceFaults
from lms_scoring.demonstration.wire import Answer, Handler, Request, json_answer

CONTROL = "/demonstration/"
Change = Callable[[dict[str, Any]], Any]


class Control:
    """Stands before a server: answers the control paths itself and lets faults disturb the rest."""

    def __init__(
        self,
        server: Handler,
        *,
        faults: Faults,
        counters: dict[str, Counter[str]],
        change: Change | None = None,
        place_faults: PlaceFaults | None = None,
    ) -> None:
        self._server = server
        self._faults = faults
        self._place_faults = place_faults or PlaceFaults()
        self._counters = counters
        self._change = change
        self._http = 0

    def answer(self, request: Request) -> Answer:
        """The answer to one HTTP request."""
        if request.path.startswith(CONTROL):
            return self._controlled(request)
        self._http += 1
        served = self._place_faults.disturb(request, lambda: self._server(request))
        return self._faults.disturb(served)

    def calls(self) -> dict[str, Any]:
        """How many HTTP requests came, and how many calls by function."""
        return {"http": self._http, **{name: dict(each) for name, each in self._counters.items()}}

    def forget_calls(self) -> None:
        """Counts from 0 again."""
        self._http = 0
        for counter in self._counters.values():
            counter.clear()

    def _controlled(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix(CONTROL):
            case "GET", "calls":
                return json_answer(self.calls())
            case "DELETE", "calls":
                self.forget_calls()
                return json_answer(self.calls())
            case "POST", "faults":
                return _told(lambda: self._add_fault(**json.loads(request.body)))
            case "DELETE", "faults":
                return _told(self._clear_faults)
            case "POST", "change" if self._change is not None:
                change = self._change
                return _told(lambda: change(json.loads(request.body)))
        return json_answer({"error": "no such control"}, status=404)

    def _add_fault(self, kind: str, **told: Any) -> None:
        """A fault of one place if it names one, else of whatever is asked next."""
        if "place" in told:
            self._place_faults.add(kind, **told)
        else:
            self._faults.add(kind, **told)

    def _clear_faults(self) -> None:
        self._faults.clear()
        self._place_faults.clear()


def _told(act: Callable[[], Any]) -> Answer:
    try:
        return json_answer({"done": act()})
    except (ValueError, TypeError, KeyError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, status=400)

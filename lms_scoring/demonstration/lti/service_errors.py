"""What the services answer when they refuse: JSON of Moodle's own, or nothing but a reason phrase."""

from lms_scoring.demonstration.lti.names import SERVICES
from lms_scoring.demonstration.wire import Answer, Request, json_answer

JSON = "application/json; charset=utf-8"
UNAUTHORIZED = "Unauthorized"


class ServiceError(Exception):
    """A service refuses; ``bare``: the reason stands behind the status only, and the body is ``[]``."""

    def __init__(self, status: int, reason: str, *, bare: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.bare = bare

    def answer(self, request: Request) -> Answer:
        """As it goes out; ``bare`` is then the media type."""
        if self.bare is not None:
            headers = {"Content-Type": f"{self.bare}; charset=utf-8"}
            return Answer(self.status, headers, b"[]", reason=self.reason)
        reading = request.method == "GET"
        told = {
            "status": self.status,
            "reason": self.reason,
            "request": {
                "method": request.method,
                "url": f"{request.path}?{request.query}" if request.query else request.path,
                "accept": request.headers.get("accept", ""),
                "contentType": "" if reading else media_type(request),
            },
        }
        return json_answer(told, status=self.status, headers={"Content-Type": JSON})


def unauthorized() -> ServiceError:
    """No token, a wrong one, an old one, one of another tool or without the scope: all the same."""
    return ServiceError(401, UNAUTHORIZED)


def no_handler(request: Request) -> ServiceError:
    """No service takes this path, or not in this media type."""
    path = request.path.removeprefix(SERVICES)
    accept = request.headers.get("accept", "") if request.method == "GET" else ""
    sent = "" if request.method == "GET" else media_type(request)
    return ServiceError(400, f"No handler found for {path} {accept} {sent}")


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip()

"""Asking a service of a platform: with a token, on the service's own origin, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.lti.links import next_link
from adapters.lti.origins import Connect, Origins, origin_of, path_of
from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.errors import PlatformError, PlatformMisread, PlatformRefused
from lms_scoring.domain.failure import Instead
from lms_scoring.domain.registration import Registration

MOST_PAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a service is asked: for whom, with which rights, in which form; `call` names it in errors."""

    registration: Registration
    scopes: frozenset[str]
    accept: str
    call: str


class Service:
    """Asks services with tokens. A token goes to the origin of the service's URL only, and in a header.

    Raises PlatformError throughout.
    """

    def __init__(self, connect: Connect, *, tokens: AccessTokens, most_pages: int = MOST_PAGES) -> None:
        self._origins = Origins(connect)
        self._tokens = tokens
        self._most_pages = most_pages

    def pages(self, url: str, asked: Asked) -> Iterator[Answer]:
        """Every page of a list, by the links that the platform gives, which are followed as they are.

        A page that leads back, to another origin, or on for ever is an error: half a list is none.
        """
        client = self._origins.client(url, call=asked.call)
        seen: set[str] = set()
        link: str | None = url
        while link is not None:
            if link in seen or len(seen) == self._most_pages:
                raise PlatformMisread(
                    client.platform,
                    asked.call,
                    self._unending(link in seen),
                    instead=Instead.TOO_LONG,
                )
            seen.add(link)
            answer = self._got(client, link, asked)
            yield answer
            following = next_link(answer.headers.get("link", ""))
            link = None if following is None else _joined(link, following, asked.call)

    def get(self, url: str, asked: Asked) -> Answer:
        """The answer to a GET, whatever its status but 429, 5xx and redirects."""
        return self._asked_for(self._origins.client(url, call=asked.call), url, asked)

    def post(self, url: str, body: bytes, asked: Asked, *, media_type: str) -> Answer:
        """The answer to a POST, whatever its status but 429, 5xx and redirects; it is not tried again."""
        client = self._origins.client(url, call=asked.call)
        headers = {"Content-Type": media_type, "Accept": asked.accept}

        def send(bearer: Mapping[str, str]) -> Answer:
            together = {**headers, **bearer}
            path = path_of(url)
            return client.post(path, json=body, headers=together, call=asked.call, repeatable=False)

        return self._authorized(asked, send)

    def platform(self, url: str) -> str:
        """What the platform at that URL is called in errors."""
        return self._origins.client(url, call="platform").platform

    def close(self) -> None:
        """Ends the connections that were kept."""
        self._origins.close()
        self._tokens.close()

    def _got(self, client: HttpClient, link: str, asked: Asked) -> Answer:
        answer = self._asked_for(client, link, asked)
        if not 200 <= answer.status < 300:
            raise error_of(answer, platform=client.platform, call=asked.call)
        return answer

    def _asked_for(self, client: HttpClient, link: str, asked: Asked) -> Answer:
        origin_of(link, call=asked.call)  # what could be read as another host is not followed

        def send(bearer: Mapping[str, str]) -> Answer:
            return client.follow(link, headers={"Accept": asked.accept, **bearer}, call=asked.call)

        return self._authorized(asked, send)

    def _unending(self, seen: bool) -> str:
        what = "its pages lead back to one that was read"
        if not seen:
            what = f"it has more than {self._most_pages} pages"
        return f"{what}; nothing of the list was used, because a part of it would be mistaken for all"

    def _authorized(self, asked: Asked, send: Callable[[Mapping[str, str]], Answer]) -> Answer:
        token = self._tokens.token(asked.registration, asked.scopes)
        answer = send({"Authorization": f"Bearer {token}"})
        if answer.status == 401:
            token = self._tokens.token(asked.registration, asked.scopes, instead_of=token)
            answer = send({"Authorization": f"Bearer {token}"})
        return answer


def same_origin(url: str, trusted: str, *, call: str) -> str:
    """The URL, if it lives where the trusted one does: the token for the one would go to the other.

    Raises PlatformRefused.
    """
    if origin_of(url, call=call) != origin_of(trusted, call=call):
        raise PlatformRefused(
            "LTI platform",
            call,
            "the platform gave an address on another host than its service's, which is not asked; check the "
            "platform's public address",
            instead=Instead.NOT_ASKED,
        )
    return url


def error_of(answer: Answer, *, platform: str, call: str) -> PlatformError:
    """What a status other than 2xx means of a service as such."""
    meaning = _MEANS.get(answer.status, "the platform refused without a reason that is known")
    instead = _INSTEAD.get(answer.status)
    return PlatformRefused(platform, call, f"HTTP {answer.status}: {meaning}", instead=instead)


def _joined(link: str, following: str, call: str) -> str:
    try:
        return urljoin(link, following)
    except ValueError as error:
        raise PlatformMisread("LTI platform", call, "its link to the next page is no address") from error


_INSTEAD = {401: Instead.NOT_ACCEPTED, 404: Instead.NOT_THERE, 410: Instead.NOT_THERE}
_NO_RIGHT = (
    "the platform does not let us use this service; switch it on in the tool's settings there (in Moodle: "
    "Services) and open the tool from the course once"
)
_MEANS = {
    401: _NO_RIGHT,
    403: _NO_RIGHT,
    404: "there is no such service any more; was the course deleted? Open the tool from the course once, "
    "which tells its present addresses",
    410: "there is no such service any more; was the course deleted?",
}

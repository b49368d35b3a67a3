"""The fault proxy against the one HTTP client: what is done to a request is what the client says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from adapters.http import HttpClient
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.failure import Instead, Remedy
from tests.faults import faults
from tests.faults.fault_proxy import Fault, FaultProxy, fault_proxy

SMALL = 1024 * 1024
"""The longest answer that the client takes."""


@pytest.fixture
def proxy(httpserver: HTTPServer) -> Iterator[FaultProxy]:
    httpserver.expect_request("/x").respond_with_json({"there": httpserver.url_for("/x"), "long": "x" * 900})
    with fault_proxy(httpserver.url_for("").rstrip("/")) as running:
        yield running


def client(proxy: FaultProxy, *, attempts: int = 1, deadline: float = 60.0) -> HttpClient:
    return HttpClient(
        platform="campus",
        base_url=proxy.url,
        allowed_private=["127.0.0.1"],
        attempts=attempts,
        deadline=deadline,
        max_bytes=SMALL,
        pause=lambda _: None,
    )


def test_what_is_let_through_calls_the_platform_by_the_proxys_address(proxy: FaultProxy) -> None:
    asking = client(proxy)
    for _ in range(3):
        assert f'"{proxy.url}/x"' in asking.get("/x").body.decode()
    assert [fault for _, fault in proxy.seen] == [None] * 3
    asking.close()


@pytest.mark.parametrize("fault", [faults.late(0.01), faults.packed()], ids=lambda fault: str(fault.name))
def test_what_only_takes_time_or_is_packed_comes_whole(proxy: FaultProxy, fault: Fault) -> None:
    proxy.next(fault)
    assert client(proxy).get("/x").body == client(proxy).get("/x").body


WHAT_COMES = [
    (faults.cut(), Instead.NOTHING),
    (faults.cut(faults.End.FIN), Instead.NOTHING),
    (faults.applied_then_reset(), Instead.NOTHING),
    (faults.half(), Instead.HALF),
    (faults.half(0.0), Instead.HALF),
    (faults.half(end=faults.End.RST), Instead.HALF),
    (faults.half(told=False, end=faults.End.RST), Instead.HALF),
    (faults.status(429, Retry_After="7"), Instead.TOO_MANY),
    (faults.status(500), Instead.OUT_OF_ORDER),
    (faults.status(503, Retry_After="7"), Instead.MAINTENANCE),
    (faults.redirect("/login/index.php"), Instead.REDIRECT),
    (faults.redirect("http://127.0.0.1:9/elsewhere", 307), Instead.REDIRECT),
    (faults.bomb(3 * SMALL), Instead.TOO_LONG),
    (faults.bomb(30 * SMALL, layers=2), Instead.TOO_LONG),
    (faults.endless(), Instead.TOO_LONG),
    (faults.announced(2**31), Instead.TOO_LONG),
    (faults.announced(10**17), Instead.TOO_LONG),
]
AGAIN = {
    *(Instead.NOTHING, Instead.HALF, Instead.LATE),
    *(Instead.TOO_MANY, Instead.OUT_OF_ORDER, Instead.MAINTENANCE),
}


@pytest.mark.parametrize(("fault", "instead"), [pytest.param(*each, id=each[0].name) for each in WHAT_COMES])
def test_each_fault_has_its_name(proxy: FaultProxy, fault: Fault, instead: Instead) -> None:
    proxy.always(fault)
    with pytest.raises(PlatformError) as caught:
        client(proxy, attempts=3).get("/x")
    assert caught.value.instead is instead
    assert caught.value.again is (instead in AGAIN)
    assert len(proxy.seen) == (3 if instead in AGAIN else 1)
    assert caught.value.remedy is (Remedy.TRY_AGAIN if instead in AGAIN else Remedy.PERSON)


@pytest.mark.parametrize(
    "fault",
    [faults.black_hole(), faults.trickle(headers=True), faults.trickle(headers=False)],
    ids=lambda fault: str(fault.name),
)
def test_what_never_ends_is_over_at_the_deadline_and_not_asked_for_again(
    proxy: FaultProxy, fault: Fault
) -> None:
    proxy.always(fault)
    with pytest.raises(PlatformError, match=r"no whole answer within 0\.3 s") as caught:
        client(proxy, attempts=4, deadline=0.3).get("/x")
    assert (caught.value.instead, len(proxy.seen)) == (Instead.LATE, 1)


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(
    "fault",
    [faults.cut(), faults.half(), faults.status(502), faults.applied_then_reset()],
    ids=lambda fault: str(fault.name),
)
def test_what_passes_by_itself_is_waited_for(proxy: FaultProxy, fault: Fault, times: int) -> None:
    proxy.next(fault, times=times)
    assert client(proxy, attempts=4).get("/x").status == 200
    assert [each is None for _, each in proxy.seen] == [False] * times + [True]

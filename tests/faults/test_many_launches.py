"""Fifty launches at once: each browser gets in by its own form, and by the same form only one."""

from __future__ import annotations

import threading

from pytest_httpserver import HTTPServer

from tests.integration.launches.school import launch_school
from tests.integration.launches.served import Browser, serving
from tests.launches.platform import claims, token


def test_of_fifty_who_post_the_same_form_at_once_one_gets_in(filled_school: str) -> None:
    with launch_school(filled_school) as school:
        state, text = school.state(), token(claims())
        gate = threading.Barrier(50)
        statuses: list[int] = []
        browsers = [school.client() for _ in range(50)]

        def post() -> None:
            client = browsers.pop()
            gate.wait()
            statuses.append(school.post(client, text, state=state).status_code)

        threads = [threading.Thread(target=post) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [303] + [409] * 49
        assert school.rows()["session"] == 1


def test_fifty_browsers_launch_side_by_side(filled_school: str, httpserver: HTTPServer) -> None:
    with serving(filled_school, httpserver) as served:
        begun = [Browser() for _ in range(50)]
        ended: list[int] = []
        threads = [
            threading.Thread(target=lambda one=one: ended.append(served.arrive(one).status)) for one in begun
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ended == [200] * 50
        assert served.platform.key_sets_fetched == 1

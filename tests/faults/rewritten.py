"""Answers of the Moodle and the record store with their content changed on the way, as faults."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from tests.faults.fault_proxy import Exchange, Fault
from tests.faults.faults import edited

Edit = Callable[[Any], Any]


def moodle_rows(edits: Mapping[str, Edit], name: str) -> Fault:
    """The answers of some functions changed, alone or inside a batch."""

    def act(exchange: Exchange) -> bool:
        form = parse_qs(exchange.asked.body.decode())
        told = exchange.told()
        body = json.loads(told.body)
        places = [form.get(f"requests[{n}][function]", [""])[0] for n in range(len(form))]
        if "responses" in form.get("wsfunction", [""])[0] or "responses" in body:
            for function, response in zip(places, body["responses"], strict=False):
                if function in edits and not response["error"]:
                    response["data"] = json.dumps(edits[function](json.loads(response["data"])))
        else:
            function = form["wsfunction"][0]
            body = edits[function](body) if function in edits else body
        exchange.answer(replace(told, body=json.dumps(body).encode()))
        return True

    return Fault(name, act)


def each_assignment(told: Any, rows: str, edit: Callable[[list[Any]], list[Any]]) -> Any:
    """The hand-ins or the marks of each assignment changed."""
    return {**told, "assignments": [{**each, rows: edit(each[rows])} for each in told["assignments"]]}


def statements(edit: Callable[[list[Any]], list[Any]], name: str) -> Fault:
    """The statements of a page changed."""

    def on_page(body: bytes) -> bytes:
        page = json.loads(body)
        return json.dumps({**page, "statements": edit(page["statements"])}).encode()

    return edited(on_page, name)


def twice(rows: list[Any]) -> list[Any]:
    """Each of them once more, at the end."""
    return [*rows, *rows]


def shuffled(seed: int) -> Callable[[list[Any]], list[Any]]:
    """In another order, some of them twice."""

    def shuffle(rows: list[Any]) -> list[Any]:
        chosen = random.Random(seed)  # noqa: S311  # an order, no secret
        again = [*rows, *chosen.sample(rows, len(rows) // 3)]
        chosen.shuffle(again)
        return again

    return shuffle

"""Hints: equal addresses and user names speak for somebody, and nothing else does."""

from __future__ import annotations

import pytest

from lms_scoring.domain.hints import HintKind, Hints
from lms_scoring.domain.identity import KnownPerson, account, account_key, mbox, openid, sha1_of

LI = KnownPerson(
    id="m-1", name="Li", accounts=(account("https://m.example", "li.lei"), mbox("ll@school.example"))
)
WANG = KnownPerson(
    id="m-2", name="Wang", accounts=(account("https://m.example", "7"), mbox("li.lei@x.example"))
)
HINTS = Hints([WANG, LI])


def found(text: str) -> list[tuple[str, HintKind]]:
    return [(hint.person.id, hint.kind) for hint in HINTS.of(text)]


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        (
            account("https://lrs.example", "LI.lei"),
            [("m-1", HintKind.USER_NAME), ("m-2", HintKind.LOCAL_PART)],
        ),
        (account("https://lrs.example", "LL@school.example"), [("m-1", HintKind.ADDRESS)]),
        (sha1_of("ll@school.example"), [("m-1", HintKind.ADDRESS)]),
        (mbox("li.lei@elsewhere.example"), [("m-1", HintKind.LOCAL_PART), ("m-2", HintKind.LOCAL_PART)]),
        (mbox("li.lei@x.example"), [("m-2", HintKind.ADDRESS), ("m-1", HintKind.LOCAL_PART)]),
        (account("http://m.example", "7"), [("m-2", HintKind.USER_NAME)]),
    ],
)
def test_what_is_the_same_speaks_for_somebody(text: str, hints: list[tuple[str, HintKind]]) -> None:
    assert found(text) == hints


@pytest.mark.parametrize(
    "text",
    [
        account("https://lrs.example", "li.le"),
        account("https://lrs.example", "Li"),
        mbox("lil@school.example"),
        openid("https://id.example/li.lei"),
        openid("li.lei"),
        sha1_of("other@school.example"),
        "person:m-1",
    ],
)
def test_what_is_merely_like_it_or_a_name_speaks_for_nobody(text: str) -> None:
    assert found(text) == []


def test_an_accounts_key_tells_accounts_apart_and_nothing_of_them() -> None:
    key = account_key(mbox("ll@school.example"))
    assert len(key) == 16
    assert set(key) <= set("0123456789abcdef")
    assert key == account_key(mbox("LL@school.example"))
    assert key != account_key(mbox("l@school.example"))

"""Flooding: which posts of one author are doubted, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from lms_scoring.domain.doubts import Doubt, Family, Flooding, Ground, GroundKind
from lms_scoring.domain.doubts.flooding import Posted, floods
from lms_scoring.domain.instants import MINUTE, SECOND
from lms_scoring.domain.texts import letters

LONG = "A post that says something of its own"
NEVER = Flooding(shortest=0, repeats=False, burst_posts=0)


def posted(name: str, text: str = "", *, at: int | None = 0) -> Posted:
    """A post; without a text, one that no other has."""
    written = letters(text or f"{LONG}, {name}")
    return Posted(name=name, at=at, size=len(written), digest=hashlib.sha256(written.encode()).digest())


def doubted(*posts: Posted, rules: Flooding | None = None) -> dict[str, list[GroundKind]]:
    found = floods(posts, rules=Flooding() if rules is None else rules)
    return {doubt.name: [ground.kind for ground in doubt.grounds] for doubt in found}


def hourly(*texts: str) -> Sequence[Posted]:
    return [posted(f"p{n}", text, at=n * 60 * MINUTE) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("text", "is_doubted"),
    [
        ("好", True),
        ("沙发！！！！！！！", True),
        ("我的做法是先倾听", True),
        ("我的做法是先倾听学生", False),
        ("👍👍👍", True),
    ],
)
def test_a_post_of_fewer_than_ten_letters_is_doubted(text: str, is_doubted: bool) -> None:
    assert doubted(posted("p", text)) == ({"p": [GroundKind.TOO_SHORT]} if is_doubted else {})


def test_how_short_is_too_short_is_a_setting() -> None:
    assert doubted(posted("p", "abc"), rules=Flooding(shortest=3)) == {}
    assert doubted(posted("p", "abc"), rules=Flooding(shortest=4)) == {"p": [GroundKind.TOO_SHORT]}
    assert doubted(posted("p", "👍"), rules=Flooding(shortest=0)) == {}


def test_a_doubt_tells_the_post_its_text_and_the_numbers() -> None:
    post = posted("moodle/post-1", "好")
    assert floods([post], rules=Flooding()) == [
        Doubt(
            family=Family.FLOODING,
            kind="post",
            name="moodle/post-1",
            digest=post.digest,
            grounds=(Ground(kind=GroundKind.TOO_SHORT, amount=1, limit=10),),
        )
    ]


def test_the_same_again_is_doubted_and_the_first_one_is_not() -> None:
    posts = hourly(LONG, "Something else altogether", f"{LONG.upper()}!!", LONG)
    found = floods(posts, rules=Flooding())
    assert {doubt.name: doubt.grounds for doubt in found} == {
        "p2": (Ground(kind=GroundKind.REPEATED, amount=1, limit=1, other="p0"),),
        "p3": (Ground(kind=GroundKind.REPEATED, amount=2, limit=1, other="p0"),),
    }
    assert doubted(*posts, rules=Flooding(repeats=False)) == {}


def test_emoji_alone_are_too_short_and_repeat_nothing() -> None:
    assert doubted(*hourly("👍", "😊")) == {"p0": [GroundKind.TOO_SHORT], "p1": [GroundKind.TOO_SHORT]}


def test_a_post_may_be_doubted_for_several_reasons() -> None:
    posts = [posted(f"p{n}", "好", at=n) for n in range(3)]
    assert doubted(*posts) == {
        "p0": [GroundKind.TOO_SHORT],
        "p1": [GroundKind.TOO_SHORT, GroundKind.REPEATED],
        "p2": [GroundKind.TOO_SHORT, GroundKind.REPEATED, GroundKind.BURST],
    }


def test_from_the_third_post_within_a_minute_on_each_is_doubted() -> None:
    times = {"a": 0, "b": 30 * SECOND, "c": MINUTE, "d": MINUTE + 1, "e": 10 * MINUTE}
    found = floods([posted(name, at=at) for name, at in times.items()], rules=Flooding())
    assert {doubt.name: doubt.grounds for doubt in found} == {
        "c": (Ground(kind=GroundKind.BURST, amount=3, limit=3, within=60),),
        "d": (Ground(kind=GroundKind.BURST, amount=3, limit=3, within=60),),
    }


def test_haste_is_a_setting() -> None:
    posts = [posted(f"p{n}", at=n * SECOND) for n in range(4)]
    assert doubted(*posts, rules=Flooding(burst_posts=0)) == {}
    assert list(doubted(*posts, rules=Flooding(burst_posts=4))) == ["p3"]
    assert list(doubted(*posts, rules=Flooding(burst_posts=2, burst_seconds=1))) == ["p1", "p2", "p3"]


def test_a_post_of_an_unknown_time_is_in_no_haste_and_comes_first() -> None:
    posts = [posted("known", LONG, at=1), *(posted(f"u{n}", LONG, at=None) for n in range(2))]
    assert doubted(*posts) == {"u1": [GroundKind.REPEATED], "known": [GroundKind.REPEATED]}


def test_neither_order_nor_repetition_of_what_is_told_matters() -> None:
    posts = [posted(f"p{n}", "好" if n % 2 else "", at=n * SECOND) for n in range(6)]
    expected = floods(posts, rules=Flooding())
    assert floods([*reversed(posts), *posts], rules=Flooding()) == expected


def test_with_everything_off_nothing_is_doubted() -> None:
    assert doubted(*(posted(f"p{n}", "好", at=0) for n in range(9)), rules=NEVER) == {}

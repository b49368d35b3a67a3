"""Pieces with gaps: whatever fills one is escaped, unless it is HTML already."""

from __future__ import annotations

from enum import IntEnum

import pytest
from markupsafe import Markup

from lms_scoring.web.scoreboard.patterns import Fill, Measure, Pattern, gap, joined

LINK = Markup('<a href="{}">100 % {}</a>').format(gap("address"), gap("name"))


BAR = Markup("<b>{}</b><i a={} b={}>").format(gap("said"), gap("most"), gap("bar"))


class _Loud(IntEnum):
    ONE = 1

    def __str__(self) -> str:
        return "<b>1</b>"


def test_what_fills_a_gap_is_escaped() -> None:
    written = Pattern(LINK, ("name", "address")).filled(("<script>1</script>", '"onclick="x'))
    assert written == '<a href="&#34;onclick=&#34;x">100 % &lt;script&gt;1&lt;/script&gt;</a>'
    assert type(written) is Markup


@pytest.mark.parametrize(
    ("fill", "text"),
    [(Markup("<i>1</i>"), "<i>1</i>"), (12, "12"), (-3, "-3"), (_Loud.ONE, "&lt;b&gt;1&lt;/b&gt;"), ("", "")],
)
def test_html_and_numbers_are_written_as_they_are(fill: Fill, text: str) -> None:
    assert Pattern(gap("it"), ("it",)).filled((fill,)) == text


def test_a_text_with_gaps_of_its_own_fills_nothing() -> None:
    hostile = str(gap("address"))
    written = Pattern(LINK, ("address", "name")).filled(("/", hostile))
    assert written == f'<a href="/">100 % {hostile}</a>'


def test_a_piece_may_do_without_what_others_show() -> None:
    assert Pattern(gap("b"), ("a", "b")).filled((1, 2)) == "2"


def test_a_gap_that_nothing_fills_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="name"):
        Pattern(LINK, ("address",))


@pytest.mark.parametrize(
    ("said", "text"), [("<b>1</b>", "&lt;b&gt;1&lt;/b&gt;"), (Markup("<b>1</b>"), "<b>1</b>")]
)
def test_what_is_said_beside_a_bar_is_escaped_unless_it_is_html(said: Fill, text: str) -> None:
    written = Measure(BAR).filled(said, 20, _Loud.ONE)
    assert written == f"<b>{text}</b><i a=20 b=1>"
    assert type(written) is Markup


@pytest.mark.parametrize("fill", ["1", Markup("1"), 1.0, None])
def test_nothing_but_a_whole_number_tells_how_far_a_bar_goes(fill: int) -> None:
    with pytest.raises(TypeError):
        Measure(BAR).filled("", fill, 1)
    with pytest.raises(TypeError):
        Measure(BAR).filled("", 1, fill)


@pytest.mark.parametrize("gaps", [("most", "said", "bar"), ("said", "most"), ("said", "most", "bar", "bar")])
def test_a_bar_has_its_gaps_in_their_order(gaps: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        Measure(joined(map(gap, gaps)))


def test_pieces_are_joined_as_they_are() -> None:
    assert joined([Markup("<i>"), Markup("</i>")]) == "<i></i>"
    assert type(joined([])) is Markup

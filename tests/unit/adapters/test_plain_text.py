"""Plain text out of HTML."""

from __future__ import annotations

import pytest

from adapters.plain_text import plain_text
from lms_scoring.domain.texts import LONGEST


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>甲&nbsp;乙<br>丙</p>后", "甲 乙\n丙\n后"),
        ("<ul><li>一<li>二</ul><p>三<p>四", "一\n二\n三\n四"),
        ("<p>这是<b>粗</b>体，<i>不</i>断行</p>", "这是粗体，不断行"),
        ("<table><tr><td>左</td><td>右</td></tr></table>", "左\n右"),
        ("a &lt;b&gt; &amp;amp; &#x20BB7;", "a <b> &amp; 𠮷"),
        ("<script>alert(1)</script><style>p {}</style>x<!-- y -->", "x"),
        ('<img src="data:image/png;base64,AAAA" alt="图">看图', "看图"),
        ("没有标签", "没有标签"),
        ("<p>没有结束 <b", "没有结束"),
        ("<p> \n </p><div></div>", ""),
        ("", ""),
    ],
)
def test_a_reader_reads_what_the_page_says_line_by_line(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "text", ["一 行\n二  行", " \t around \r\n it\f", "\ufeff𠮷>\x0b\u2028\"'", "\n", "a\u00a0b\ud800"]
)
def test_what_has_no_markup_reads_as_the_text_of_a_page(text: str) -> None:
    assert plain_text(text) == plain_text(text + "<!-- -->")


def test_a_long_text_is_cut() -> None:
    assert plain_text("<p>" + "字" * (LONGEST + 5) + "</p>") == "字" * LONGEST


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<script>", "&", "</p", "<p>", "<b>", "<table>"])
def test_markup_made_to_be_hard_to_read_is_read(piece: str) -> None:
    assert len(plain_text(piece * 300_000)) <= LONGEST

"""Printed sheets: every name is whole and selectable, and what no font has is told instead of left out."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lms_scoring.domain.errors import UnprintableText
from lms_scoring.exports.pdf.marking import MARK, with_marks
from lms_scoring.exports.pdf.result_sheet import (
    ClassSheet,
    ResultSheet,
    SheetRow,
    namesakes,
    result_sheet_pdf,
)
from lms_scoring.exports.pdf.typesetting import Typesetter, unprintable_in
from tests.fixtures.texts import FORMULAS, RARE_NAMES, printing

AT = datetime(2024, 12, 16, tzinfo=UTC)
pytestmark = printing


def sheet(*names: str, language: str = "zh") -> ResultSheet:
    rows = tuple(
        SheetRow(
            number=str(number),
            name=name,
            aside="",
            points=("39.95", "16.00"),
            total="79.95（略低于）",
            result="✗ 不合格",
        )
        for number, name in enumerate(names, start=1)
    )
    return ResultSheet(
        language=language,
        title="龙城区2024年骨干教师远程培训 成绩公示",
        number="序号",
        name="姓名",
        columns=("学习时间", "作业", "总分", "结果"),
        classes=(ClassSheet(heading="一班", facts=("考核方案：2024",), rows=rows, summary="共若干人"),),
        remarks=("合格线 80 分",),
        signatures=("制表：", "审核：", "日期："),
        footer="远程培训",
        page="第 {page} 页，共 {pages} 页",
    )


def printed(*names: str) -> PdfReader:
    return PdfReader(io.BytesIO(result_sheet_pdf(sheet(*names), Typesetter(), at=AT)))


def fonts_of(made: bytes) -> set[str]:
    pages: Any = PdfReader(io.BytesIO(made)).pages
    return {
        str(font.get_object()["/BaseFont"]) for page in pages for font in page["/Resources"]["/Font"].values()
    }


def letters(text: str) -> str:
    """Without what only lays out: spaces, line ends, marks of direction."""
    return "".join(one for one in text if unicodedata.category(one) not in ("Zs", "Cc", "Cf"))


def text_of(reader: PdfReader) -> str:
    return letters("".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("name", [name for name in RARE_NAMES if "\u202e" not in name])
def test_a_rare_name_is_whole(name: str) -> None:
    assert letters(name) in text_of(printed(name))


def test_a_name_that_turns_its_own_direction_turns_no_other() -> None:
    text = text_of(printed("a\u202eevil", "王敏"))
    assert "王敏" in text
    assert "39.9516.00" in text, "the numbers beside it stand in their order"


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    harmless = [text for text in FORMULAS if text.isprintable()]
    text = text_of(printed(*harmless))
    assert all(letters(payload) in text for payload in harmless)


def test_a_sheet_says_what_it_is_and_numbers_its_pages() -> None:
    reader = printed(*(f"学员{number}" for number in range(120)))
    assert len(reader.pages) > 1
    last = reader.pages[-1].extract_text()
    assert f"第 {len(reader.pages)} 页，共 {len(reader.pages)} 页" in last
    assert "制表" in last
    assert all("姓名" in page.extract_text() for page in reader.pages[:2]), "each page has the heads"


def test_it_is_for_archives_and_for_readers_who_hear_it() -> None:
    reader = printed("李")
    told = reader.xmp_metadata
    assert told is not None
    xml = told.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xml
    assert "<pdfuaid:part>1</pdfuaid:part>" in xml
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("zh")


def test_the_same_texts_make_the_same_file() -> None:
    one, other = (result_sheet_pdf(sheet("李"), Typesetter(), at=AT) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(("name", "missing"), [("\U0003fffd", "U+3FFFD"), ("王\ue000敏", "U+E000")])
def test_a_character_of_no_font_is_an_error_that_names_it(name: str, missing: str) -> None:
    with pytest.raises(UnprintableText) as refused:
        printed("李", name)
    assert missing in str(refused.value)
    assert "fonts-noto-cjk" in str(refused.value)
    assert "LMS_SCORING_FONTS" in str(refused.value)
    assert "王" not in str(refused.value), "a name is nobody's business in a log"


def test_a_mark_stands_for_what_no_font_has_where_somebody_asks_for_it() -> None:
    tried = list[tuple[str, ...]]()

    def made(missing: tuple[str, ...]) -> bytes:
        tried.append(missing)
        return result_sheet_pdf(sheet("李", "王\ue000敏"), Typesetter(), at=AT, missing=missing)

    text = text_of(PdfReader(io.BytesIO(with_marks(made))))
    assert "王〓敏" in text
    assert "李" in text
    assert tried == [(), ("\ue000",)]


def test_a_mark_that_no_font_has_is_refused_and_tries_end() -> None:
    def never(missing: tuple[str, ...]) -> bytes:
        raise UnprintableText([MARK])

    with pytest.raises(UnprintableText):
        with_marks(never)

    def ever_more(missing: tuple[str, ...]) -> bytes:
        raise UnprintableText([chr(0xE000 + len(missing))])

    with pytest.raises(UnprintableText):
        with_marks(ever_more)


def test_what_typst_complains_of_is_told_character_by_character() -> None:
    said = (
        'error: the text `"𰀀a"` could not be displayed with font `"X"`\n'
        'error: the PDF contains the codepoint `"\\u{e000}"`\n'
        'error: the text `"𰀀"` could not be displayed with font `"X"`'
    )
    assert unprintable_in(said) == ["𰀀", "a", "\ue000"]
    assert unprintable_in("error: something else") == []


def test_a_folder_of_fonts_may_be_named(tmp_path: Path) -> None:
    made = result_sheet_pdf(sheet("李"), Typesetter(fonts=("Noto Serif CJK SC", f"{tmp_path}/")), at=AT)
    assert any("NotoSerifCJK" in font for font in fonts_of(made))


def test_only_namesakes_need_more_than_their_name() -> None:
    assert namesakes(["李", "王", "李"]) == {"李"}
    assert namesakes([]) == frozenset()


def test_an_english_sheet_is_set_in_a_latin_font_first() -> None:
    made = result_sheet_pdf(replace(sheet("Li"), language="en"), Typesetter(), at=AT)
    assert any("NotoSans-" in font for font in fonts_of(made))

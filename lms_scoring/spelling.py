"""How names are put in order and found again: by pinyin, its initials, or as they are written.

Readings are those of pypinyin's table of single characters; its phrases are left out, for names are none.
Surnames that are read otherwise than the character mostly is are named here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path

_SINGLE = (
    "曾zeng1 单shan4 仇qiu2 解xie4 任ren2 区ou1 翟zhai2 查zha1 朴piao2 盖ge3 乐yue4 员yun4 缪miao4 折she2 "
    "秘bi4 召shao4 种chong2 繁po2 那na1 隗wei3 葛ge3 覃qin2 燕yan1 纪ji3 华hua4 黑he4 祭zhai4 过guo1"
)
_DOUBLE = {"尉迟": "yu4 chi2", "万俟": "mo4 qi2", "长孙": "zhang3 sun1", "澹台": "tan2 tai2"}
_SURNAMES = _DOUBLE | {entry[0]: entry[1:] for entry in _SINGLE.split()}
_DOTS = "\u0308"
"""Those of ü."""
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_NUMERALS = {numeral: number for number, numeral in enumerate("零一二三四五六七八九")}
_NUMBERS = re.compile(r"(\d+|[零一二三四五六七八九十]+)")
_BETWEEN = re.compile(r"[\s·•‧・'’.\-_]+")
_END = b"\xff"
"""What sorts after every text: the key of no name at all."""
_LONGEST = 40
"""Characters of a name, and of what is searched for, that are looked at."""
_PLACES = 10
"""Words of a name, each Han character being one, that a search may begin with."""


def name_key(name: str) -> bytes:
    """Bytes by which names sort: Han characters by pinyin, tone and themselves, others by their letters."""
    return b"".join(map(_letter_key, _spelt(name[:_LONGEST]))) if name.strip() else _END


def person_key(name: str, person: str) -> bytes:
    """The same for people: namesakes stand in the order of their ids."""
    return name_key(name) + b"\0" + person.encode("utf-8", "replace")


@lru_cache(maxsize=4_096)
def class_key(name: str | None) -> bytes:
    """The same for classes, which are numbered: 2班 before 10班, 三班 before 十一班; no class comes last."""
    if not name:
        return _END
    parts = enumerate(_NUMBERS.split(name[:_LONGEST]))
    return b"".join(_number_key(part) if place % 2 else name_key(part) for place, part in parts if part)


def class_order(name: str | None) -> tuple[bytes, str]:
    """The place of a class among others, also of those whose key is the same: 2班 and 二班."""
    return class_key(name), name or ""


def terms(name: str, person: str) -> frozenset[bytes]:
    """What a search may be the beginning of: the name, its pinyin and their initials, each from every word of
    the name on; the person's id, and the number at its end."""
    short = name[:_LONGEST]
    begins = [place for place in range(len(short)) if _begins(short, place)][:_PLACES]
    found = {folded(short[place:]) for place in begins}
    for spelt in _spellings(short):
        found |= {"".join(spelt[place:]).encode() for place in begins}
        found |= {"".join(one[:1] for one in spelt[place:]).encode() for place in begins}
    found |= {folded(person), folded(re.split(r"\D", person)[-1])}
    return frozenset(found - {b""})


def folded(text: str) -> bytes:
    """A text as it is searched for: without case, accents, and what stands between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _BETWEEN.sub("", unicodedata.normalize("NFC", letters))[:_LONGEST].encode("utf-8", "replace")


def _spelt(name: str) -> list[tuple[str, str]]:
    """Each character beside its reading, such as `liu2`; "" where it has none."""
    surname = next((name[:length] for length in (2, 1) if name[:length] in _SURNAMES), "")
    read = _SURNAMES[surname].split() if surname else []
    return list(zip(name, [*read, *map(_reading, name[len(surname) :])], strict=True))


def _letter_key(letter: tuple[str, str]) -> bytes:
    character, reading = letter
    if reading:
        return f"{reading}\x01{character}\0".encode()
    return folded(character) or b"\x02"


def _number_key(digits: str) -> bytes:
    number = str(int(digits) if digits.isdecimal() else _counted(digits))
    return b"\x03" + bytes([len(number)]) + number.encode()


def _counted(numeral: str) -> int:
    """十 is 10, 十一 is 11, 二十 is 20."""
    tens, ten, ones = numeral.rpartition("十")
    return _digits(ones) if not ten else _digits(tens or "一") * 10 + _digits(ones)


def _digits(numeral: str) -> int:
    return int("".join(str(_NUMERALS.get(one, 1)) for one in numeral) or "0")


def _begins(name: str, place: int) -> bool:
    """Whether a word begins there; each Han character is one."""
    before = name[place - 1 : place]
    return not before.isalnum() or bool(_reading(before)) or bool(_reading(name[place]))


def _spellings(name: str) -> Iterator[list[str]]:
    """A name with Han characters by its readings: as a surname is read, and as the character mostly is; ü as
    it is typed (v) and as it looks (u). What is no Han character stands for itself."""
    spelt = _spelt(name)
    if not any(reading for _, reading in spelt):
        return
    usual = [(character, _reading(character)) for character in name]
    for way in (spelt, usual):
        toneless = [reading[:-1] if reading else folded(character).decode() for character, reading in way]
        yield toneless
        yield [reading.replace("v", "u") for reading in toneless]


@cache
def _reading(character: str) -> str:
    """The commonest reading of a Han character, with its tone as a number; "" of any other."""
    marked = _marked(ord(character)) if character else ""
    parts = unicodedata.normalize("NFD", marked.partition(",")[0])
    letters = "".join(part for part in parts if part.isascii())
    tone = next((_TONES[part] for part in parts if part in _TONES), "5")
    return (letters.replace("u", "v") if _DOTS in parts else letters) + tone if letters else ""


def _marked(number: int) -> str:
    """The readings of a character by its number in Unicode, such as `zhōng,zhòng`; "" of one without any."""
    table, name = _readings(), f'"{number}": "'.encode()
    place = table.find(name)
    if place < 0:
        return ""
    begin = place + len(name)
    return table[begin : table.index(b'"', begin)].decode()


@cache
def _readings() -> bytes:
    """pypinyin's table as the text that it comes as: of its 41,000 entries an institution's names need a few
    hundred, and read as a table it takes 12 MB. Without the library's own import, which does that."""
    return Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json"))).read_bytes()

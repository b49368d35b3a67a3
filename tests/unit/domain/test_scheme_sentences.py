"""A whole scheme in plain sentences."""

from __future__ import annotations

import pytest

from lms_scoring.domain.scheme_sentences import scheme_sentences
from tests.given import shipped


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["longcheng-2024", "prefecture-three-bands"])
def test_a_scheme_says_its_dates_each_rule_and_its_fingerprint(name: str, language: str) -> None:
    scheme = shipped(name).scheme
    said = scheme_sentences(scheme, language)
    rules = [criterion for role in scheme.roles.values() for criterion in role.criteria]
    for criterion in rules:
        (line,) = [one for one in said if criterion.rule.sentence(language, criterion.max) in one]
        assert criterion.name.in_(language) in line
    assert said[0] == scheme.title.in_(language)
    assert scheme.window.zone in said[1]
    assert scheme.fingerprint in said[-1]


def test_the_window_is_said_in_the_days_of_the_language() -> None:
    scheme = shipped("longcheng-2024").scheme
    assert scheme_sentences(scheme, "zh")[1].startswith("考核时间：2024年10月25日至2024年12月15日（")
    assert scheme_sentences(scheme, "en")[1].startswith("Window: 25 Oct 2024 to 15 Dec 2024, ")


def test_bands_and_conversion_are_said_where_there_are_any() -> None:
    bands = "\n".join(scheme_sentences(shipped("prefecture-three-bands").scheme, "zh"))
    plain = "\n".join(scheme_sentences(shipped("longcheng-2024").scheme, "zh"))
    assert "折算为" in bands
    assert "分起为" in bands
    assert "折算为" not in plain
    assert "分起为" not in plain

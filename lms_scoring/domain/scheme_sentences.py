"""A whole scheme in plain sentences, as pages and the terminal show it."""

from __future__ import annotations

from lms_scoring.domain.figures import plain
from lms_scoring.domain.instants import day_text
from lms_scoring.domain.scheme import RoleScheme, Scheme

_WORDS = {
    "zh": {
        "window": "考核时间：{first}至{last}（含首尾两日，时区 {zone}），只有此期间的学习记录计分。",
        "learner": "学员：满分 {most} 分，{mark} 分及以上合格。",
        "tutor": "辅导教师：满分 {most} 分，{mark} 分及以上合格。",
        "scaled": "各项得分相加后折算为 {most} 分制。",
        "band": "{mark} 分起为{name}",
        "fingerprint": "方案指纹：{fingerprint}",
    },
    "en": {
        "window": "Window: {first} to {last}, both days included, {zone}. Evidence outside does not count.",
        "learner": "Learners: {most} points, passed from {mark} on.",
        "tutor": "Tutors: {most} points, passed from {mark} on.",
        "scaled": "The points are added up and converted to {most}.",
        "band": "{name} from {mark}",
        "fingerprint": "Fingerprint: {fingerprint}",
    },
}


def scheme_sentences(scheme: Scheme, language: str) -> list[str]:
    """The whole scheme, one sentence a line."""
    lines = [scheme.title.in_(language), window_sentence(scheme, language)]
    for rules in scheme.roles.values():
        lines += ["", role_sentence(rules, language)]
        lines += _rule_lines(rules, language)
    return [*lines, "", _WORDS[language]["fingerprint"].format(fingerprint=scheme.fingerprint)]


def window_sentence(scheme: Scheme, language: str) -> str:
    """From when to when evidence counts."""
    window = scheme.window
    first, last = (day_text(day, language) for day in (window.first, window.last))
    return _WORDS[language]["window"].format(first=first, last=last, zone=window.zone)


def role_sentence(rules: RoleScheme, language: str) -> str:
    """How many points the role can have, and from how many on it has passed."""
    return _WORDS[language][rules.role.value].format(most=plain(rules.out_of), mark=plain(rules.pass_mark))


def total_sentences(rules: RoleScheme, language: str) -> list[str]:
    """What becomes of the sum of the criteria, where it is not the total itself or has bands."""
    words, said = _WORDS[language], []
    if rules.scaled_to is not None:
        said.append(words["scaled"].format(most=plain(rules.scaled_to)))
    if rules.bands:
        bands = [words["band"].format(name=b.name.in_(language), mark=plain(b.from_)) for b in rules.bands]
        said.append("，".join(bands) + "。" if language == "zh" else ", ".join(bands) + ".")
    return said


def _rule_lines(rules: RoleScheme, language: str) -> list[str]:
    stop = "：" if language == "zh" else ": "
    lines = [
        f"{criterion.name.in_(language)}{stop}{criterion.rule.sentence(language, criterion.max)}"
        for criterion in rules.criteria
    ]
    lines += total_sentences(rules, language)
    lines += [advice.in_(language) for advice in rules.advice]
    return [f"  {line}" for line in lines]

"""A whole scheme in plain sentences, as pages and the terminal show it."""

from __future__ import annotations

from lms_scoring.domain.figures import plain
from lms_scoring.domain.scheme import RoleScheme, Scheme

_WORDS = {
    "zh": {
        "window": "考核时间：{first} 至 {last}（含首尾两日，时区 {zone}），只有此期间的学习记录计分。",
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
    words = _WORDS[language]
    window = scheme.window
    lines = [
        scheme.title.in_(language),
        words["window"].format(first=window.first, last=window.last, zone=window.zone),
    ]
    for role, rules in scheme.roles.items():
        lines += ["", words[role.value].format(most=plain(rules.out_of), mark=plain(rules.pass_mark))]
        lines += _rule_sentences(rules, language)
    return [*lines, "", words["fingerprint"].format(fingerprint=scheme.fingerprint)]


def _rule_sentences(rules: RoleScheme, language: str) -> list[str]:
    words = _WORDS[language]
    stop = "：" if language == "zh" else ": "
    lines = [
        f"  {criterion.name.in_(language)}{stop}{criterion.rule.sentence(language, criterion.max)}"
        for criterion in rules.criteria
    ]
    if rules.scaled_to is not None:
        lines.append("  " + words["scaled"].format(most=plain(rules.scaled_to)))
    if rules.bands:
        bands = [words["band"].format(name=b.name.in_(language), mark=plain(b.from_)) for b in rules.bands]
        lines.append("  " + ("，".join(bands) + "。" if language == "zh" else ", ".join(bands) + "."))
    return lines + [f"  {advice.in_(language)}" for advice in rules.advice]

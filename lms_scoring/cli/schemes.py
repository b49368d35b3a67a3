"""`scheme`: checks a scheme file, and says a scheme in plain sentences."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lms_scoring.domain.figures import plain
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.scheme_file import failing_examples, read_scheme

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


@click.group()
def scheme() -> None:
    """Scoring schemes: check a file, show it in plain words."""


@scheme.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Checks a scheme FILE: every mistake at once, and its worked examples are scored."""
    found = read_scheme(file)
    failing = failing_examples(found)
    for mistake in failing:
        click.echo(f"{file}: {mistake}", err=True)
    if failing:
        examples = len({mistake.place for mistake in failing})
        click.echo(f"{file}: worked examples that do not come out as promised: {examples}", err=True)
        sys.exit(1)
    click.echo(
        f"{file}: right; {len(found.examples)} worked examples come out as promised; "
        f"fingerprint {found.scheme.fingerprint[:12]}"
    )


@scheme.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def show(file: Path, lang: str) -> None:
    """Shows the scheme in a FILE as plain sentences."""
    click.echo("\n".join(scheme_sentences(read_scheme(file).scheme, lang)))


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

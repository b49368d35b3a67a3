"""A draft of a class bulletin: the class in figures and sentences, for a tutor to change and to publish.

It names nobody: what a single learner still needs stands on that learner's own page.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from lms_scoring.domain.board import Median
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.class_figures import CriterionFigures
from lms_scoring.services.viewing.tutor_desk import ClassNews, Desk
from lms_scoring.web.voice import Voice


def bulletin_text(news: ClassNews, desk: Desk, rules: CourseRules, voice: Voice) -> str:
    """The draft, in the visitor's language; empty where nobody learns in the class."""
    learners = rules.scheme.roles.get(Role.LEARNER)
    if learners is None or news.figures.median is None:
        return ""
    return "\n".join(_lines(news, desk, rules, learners, voice)) + "\n"


def _lines(
    news: ClassNews, desk: Desk, rules: CourseRules, learners: RoleScheme, voice: Voice
) -> Iterator[str]:
    figures, zone = news.figures, rules.zone
    yield voice.say("bulletin.heading", class_=voice.class_(news.class_), day=voice.day(desk.now, zone))
    yield ""
    yield voice.say("bulletin.greeting")
    if desk.synced_at is not None:
        yield voice.say("bulletin.as_of", when=voice.when(desk.synced_at, zone))
    yield ""
    yield voice.say(
        "bulletin.overall",
        n=figures.enrolled,
        passed=figures.passed,
        mark=voice.plain(learners.pass_mark),
        median="" if figures.median is None else _median(figures.median, learners, voice),
    )
    yield from _standings(news, voice)
    yield ""
    yield voice.say("bulletin.criteria")
    for one in figures.criteria:
        yield _criterion(one, voice)
    yield ""
    yield from _time(desk, rules, voice)
    yield from (voice.words(advice) for advice in learners.advice)
    chosen = sum(bool(one.recommended_by) for one in news.works.works)
    if chosen:
        yield voice.say("bulletin.recommended", n=chosen)
    yield voice.say("bulletin.closing")


def _median(median: Median, learners: RoleScheme, voice: Voice) -> str:
    return voice.at_least(voice.points(median.points, learners.pass_mark), median.is_at_least)


def _standings(news: ClassNews, voice: Voice) -> Iterator[str]:
    told = [
        voice.say(f"bulletin.standing_{standing}", n=count) for standing, count in news.figures.others.items()
    ]
    if told:
        yield voice.say("bulletin.others", standings=voice.say("bulletin.and").join(told))


def _criterion(one: CriterionFigures, voice: Voice) -> str:
    line = voice.say(
        "bulletin.criterion",
        criterion=voice.words(one.criterion.name),
        max=voice.plain(one.criterion.max),
        full=one.full,
        some=one.some,
        none=one.none,
    )
    return (
        line
        + (voice.say("bulletin.pending", n=one.pending) if one.pending else "")
        + voice.say("status.stop")
    )


def _time(desk: Desk, rules: CourseRules, voice: Voice) -> Iterator[str]:
    window = rules.scheme.window
    if desk.now < window.end:
        left = ceil((window.end - desk.now) / DAY)
        yield voice.say("bulletin.time_left", n=left, day=voice.day(window.end - 1, rules.zone))
    else:
        yield voice.say("bulletin.time_over", day=voice.day(window.end - 1, rules.zone))

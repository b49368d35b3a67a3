"""The course changes on the platform: after the next sync the right cards change and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.running import RunningPlatform, running_platform
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.scorecard import Reason, Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.evidence_file import read_evidence
from lms_scoring.ports import BoardAsk, BoardPart, ProblemKind
from tests.fixtures.courses.installed import CUT, Site, changed, lasting, site
from tests.fixtures.courses.typed import typed
from tests.given import figure, main_scheme, result

pytestmark = [
    pytest.mark.slow(reason="every story syncs a course over HTTP at least twice"),
    pytest.mark.variation,
]

COURSE = "lc2024"
TUTOR = ("moodle-63", Role.TUTOR)
FORUM, NEWS, HOMEWORK, JOURNAL = 1, 3, 1, 3
"""As Moodle numbers its forums and assignments."""
IN_TIME = int(datetime(2024, 11, 20, tzinfo=UTC).timestamp())
AFTER_DUE = int(datetime(2024, 12, 10, tzinfo=UTC).timestamp())
LATE_ENOUGH = int(datetime(2024, 12, 14, tzinfo=UTC).timestamp())
EXCELLENT, GOOD = 4, 3

Key = tuple[str, Role]


def learner(number: int) -> Key:
    """Learner n of the course has the user id n + 2."""
    return (f"moodle-{number + 2}", Role.LEARNER)


@dataclass
class Story:
    """An installation that syncs again and again from a course that changes."""

    platform: RunningPlatform
    site: Site
    cards: dict[Key, Scorecard] = field(default_factory=dict)
    before: dict[Key, Scorecard] = field(default_factory=dict)

    def change(self, name: str, **arguments: Any) -> Any:
        """Somebody does something on the Moodle."""
        return self.platform.moodle.change(name, **arguments)

    def sync(self, *, full: bool = False) -> set[Key]:
        """Whose cards the sync changed."""
        done = self.site.sync(COURSE, full=full)
        assert done.good, done.complained
        self.before, self.cards = self.cards, self.site.cards(COURSE)
        return changed(self.before, self.cards)

    def points(self, key: Key, criterion: str) -> tuple[float, float]:
        """Before the last sync and after it."""
        before, after = (float(result(cards[key], criterion).points) for cards in (self.before, self.cards))
        return before, after

    def post_of(self, number: int, *, replies: bool | None = None, forum: int = FORUM) -> int:
        """A post of a learner that nobody has answered."""
        for topic in self.platform.moodle.server.model.forums[forum].discussions.values():
            parents = {post["parentid"] for post in topic.posts}
            for post in topic.posts:
                own = post["author"]["id"] == number + 2 and not post["isdeleted"]
                if own and post["id"] not in parents and replies in (None, post["hasparent"]):
                    return int(post["id"])
        raise LookupError(f"learner {number} has no such post")

    def reason(self, key: Key, post: int) -> Reason | None:
        """Why a post does not count."""
        findings = result(self.cards[key], "posts").findings
        (only,) = (one for one in findings if one.id.endswith(f"post-{post}"))
        return only.reason

    def export_scores_to_the_same(self) -> bool:
        """Whether the exported evidence, scored anew, gives the stored cards."""
        with self.site.here():
            lines = typed("export-evidence", COURSE).stdout_bytes.splitlines()
        latest = max(card.as_of for card in self.cards.values())
        again = scorecards(main_scheme(), read_evidence(lines).records, as_of=latest)
        return lasting({(card.person, card.role): card for card in again}) == lasting(self.cards)


@dataclass(frozen=True)
class Stage:
    """The cut course synced once, and the state of the platform in which every story begins."""

    platform: RunningPlatform
    site: Site
    model: MoodleModel


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_platform(CUT) as platform:
        ours = site(platform, tmp_path_factory.mktemp("beginning"))
        ours.adopt(COURSE)
        assert ours.sync(COURSE).good
        yield Stage(platform, ours, deepcopy(platform.moodle.server.model))


@pytest.fixture
def story(stage: Stage, tmp_path: Path) -> Story:
    """A story of its own: the platform as recorded, a copy of the database."""
    stage.platform.moodle.server.model = deepcopy(stage.model)
    ours = stage.site.copied(tmp_path)
    return Story(stage.platform, ours, ours.cards(COURSE))


def test_a_sync_of_an_unchanged_course_changes_no_card(story: Story) -> None:
    assert story.sync() == set()
    assert story.sync(full=True) == set()
    assert story.export_scores_to_the_same()


def test_a_new_topic_counts_for_its_author(story: Story) -> None:
    story.change("add_topic", forum=FORUM, user=8, subject="新主题", message="<p>…</p>", at=IN_TIME)
    assert story.sync() == {learner(6)}
    before, after = story.points(learner(6), "posts")
    assert after == before + 1
    assert story.export_scores_to_the_same()


def test_a_new_reply_counts_for_its_author(story: Story) -> None:
    topic = next(iter(story.platform.moodle.server.model.forums[FORUM].discussions))
    story.change("add_post", discussion=topic, user=8, message="<p>…</p>", at=IN_TIME)
    assert story.sync() == {learner(6)}
    before, after = story.points(learner(6), "posts")
    assert after == before + 1


def test_a_deleted_topic_no_longer_counts_and_is_still_shown(story: Story) -> None:
    post = story.post_of(6, replies=False)
    story.change("delete_post", post=post)
    assert story.sync() == {learner(6)}
    before, after = story.points(learner(6), "posts")
    assert after == before - 1
    assert story.reason(learner(6), post) is Reason.GONE
    assert story.export_scores_to_the_same()


def test_a_deleted_reply_no_longer_counts(story: Story) -> None:
    post = story.post_of(6, replies=True)
    story.change("delete_post", post=post)
    assert story.sync() == {learner(6)}
    assert story.reason(learner(6), post) is Reason.GONE


def test_an_erased_post_counts_no_more_once_everything_is_read_again(story: Story) -> None:
    """Moodle tells of no update when a privacy request erases a post."""
    post = story.post_of(6, replies=True)
    story.change("erase_post", post=post, at=IN_TIME)
    assert story.sync(full=True) == {learner(6)}
    assert story.reason(learner(6), post) is Reason.DELETED


def test_a_bulletin_of_a_learner_is_nobodys_bulletin(story: Story) -> None:
    story.change("add_topic", forum=NEWS, user=8, subject="简报", message="<p>…</p>", at=IN_TIME)
    assert story.sync() == {learner(6)}
    before, after = story.points(learner(6), "posts")
    assert after == before + 1, "a learner's topic there is an ordinary post"


def test_a_better_mark_lifts_the_learner(story: Story) -> None:
    story.change("grade", assignment=HOMEWORK, user=4, grade=EXCELLENT)
    assert story.sync() == {learner(2), TUTOR}
    assert story.points(learner(2), "homework") == (18, 20)
    assert story.points(TUTOR, "marking")[0] == story.points(TUTOR, "marking")[1]
    assert story.export_scores_to_the_same()


def test_a_hand_in_that_waits_for_its_mark_waits_for_the_tutor_too(story: Story) -> None:
    assert result(story.cards[TUTOR], "marking").points == 40
    story.change("hand_in", assignment=HOMEWORK, user=12, text="作业", at=IN_TIME)
    assert story.sync(full=True) == {learner(10), TUTOR}, "dated back, so that no update tells of it"
    assert story.points(learner(10), "homework") == (0, 10)
    assert story.points(TUTOR, "marking") == (40, 0)
    story.change("grade", assignment=HOMEWORK, user=12, grade=GOOD)
    assert story.sync() == {learner(10), TUTOR}
    assert story.points(learner(10), "homework") == (10, 18)
    assert story.points(TUTOR, "marking") == (0, 40)
    assert story.export_scores_to_the_same()


def test_an_extension_makes_a_late_hand_in_a_timely_one(story: Story) -> None:
    assert result(story.cards[learner(6)], "homework").points == 0
    story.change("extend", assignment=HOMEWORK, user=8, until=LATE_ENOUGH)
    assert learner(6) in story.sync()
    assert story.points(learner(6), "homework") == (0, 20)
    assert changed(story.before, story.cards) <= {learner(6), TUTOR}
    story.change("extend", assignment=HOMEWORK, user=8, until=0)
    assert learner(6) in story.sync()
    assert story.points(learner(6), "homework") == (20, 0)


def test_a_deadline_that_is_moved_for_the_class_moves_it_for_all_who_were_late(story: Story) -> None:
    story.change("move_due_date", assignment=HOMEWORK, due=LATE_ENOUGH, group=1)
    story.sync()
    assert story.points(learner(5), "homework") == (0, 18)
    assert story.points(learner(6), "homework") == (0, 20)
    unchanged = {key for key in story.cards if story.cards[key].total == story.before[key].total}
    assert unchanged == story.cards.keys() - {learner(5), learner(6)}


def test_a_journal_that_is_handed_in_counts(story: Story) -> None:
    story.change("hand_in", assignment=JOURNAL, user=8, text="日志", at=AFTER_DUE)
    assert story.sync(full=True) == {learner(6), TUTOR}
    assert story.points(learner(6), "journal") == (0, 20)


@pytest.mark.parametrize("how", ["unenrol", "suspend_enrolment", "suspend_account", "delete_user"])
def test_who_leaves_keeps_record_and_score_and_is_withdrawn(story: Story, how: str) -> None:
    gone = learner(6)
    story.change(how, user=8)
    touched = story.sync()
    assert touched <= {gone, TUTOR}
    assert story.site.status(COURSE)[gone[0]] is MembershipStatus.WITHDRAWN
    assert {key for key, status in _statuses(story).items() if status == "withdrawn"} == {gone[0]}
    kept = story.cards[gone]
    for criterion in ("study_time", "posts", "homework", "journal"):
        assert story.points(gone, criterion)[1] == story.points(gone, criterion)[0], criterion
    assert kept.class_ == "一班"
    assert story.site.names(COURSE)[gone[0]] == "林杰"
    assert figure(story.cards[TUTOR], "marking", "handed_in") == (
        (figure(story.before[TUTOR], "marking", "handed_in") or 0) - 1
    ), "the tutor need not mark the work of who has left"
    assert story.export_scores_to_the_same()


@pytest.mark.parametrize("how", ["unenrol", "delete_user"])
def test_who_leaves_has_one_line_and_none_of_no_class_once_back(story: Story, how: str) -> None:
    enrolled = deepcopy(story.platform.moodle.server.model)
    before = _lines(story)
    story.change(how, user=8)
    story.sync()
    assert _lines(story) == before - {("moodle-8", "一班", "active")} | {("moodle-8", "一班", "withdrawn")}
    story.platform.moodle.server.model = enrolled
    story.sync()
    assert _lines(story) == before


@pytest.mark.parametrize("how", ["suspend_enrolment", "suspend_account"])
def test_who_comes_back_is_active_again(story: Story, how: str) -> None:
    first = story.cards[learner(6)]
    story.change(how, user=8)
    story.sync()
    story.change(how, user=8, suspended=False)
    story.sync()
    assert story.site.status(COURSE)["moodle-8"] is MembershipStatus.ACTIVE
    assert replace(story.cards[learner(6)], as_of=first.as_of) == first


def test_enrolments_that_all_end_by_date_withdraw_nobody_and_leave_the_tutor_the_marking(
    story: Story,
) -> None:
    """A Moodle calls them suspended, each and all."""
    before = _statuses(story)
    for person in story.platform.moodle.server.model.participants():
        story.change("suspend_enrolment", user=person.id)
    done = story.site.sync(COURSE)
    assert "mass_disappearance" in done.complained
    assert "ended by date" in done.complained
    assert _statuses(story) == before
    cards = story.site.cards(COURSE)
    assert figure(cards[TUTOR], "marking", "handed_in") == figure(story.cards[TUTOR], "marking", "handed_in")
    assert changed(story.cards, cards) == set()


def test_a_new_name_changes_the_name_and_no_card(story: Story) -> None:
    story.change("rename", user=8, firstname="杰伦", lastname="林")
    assert story.sync() == set()
    assert story.site.names(COURSE)["moodle-8"] == "林杰伦"


def test_a_new_learner_gets_a_card_and_changes_nobody_elses(story: Story) -> None:
    made = story.change("enrol", username="tea061", firstname="新", lastname="李", group=1)
    newcomer = (f"moodle-{made['user']}", Role.LEARNER)
    touched = story.sync()
    assert newcomer in touched
    assert touched <= {newcomer, TUTOR}
    assert story.cards[newcomer].total == 0
    assert story.cards[newcomer].class_ == "一班"
    assert story.site.names(COURSE)[newcomer[0]] == "李新"


def test_statements_that_arrive_later_count(tmp_path: Path) -> None:
    with running_platform(CUT) as platform:
        ours = site(platform, tmp_path)
        ours.adopt(COURSE)
        story = Story(platform, ours)
        story.sync()
        platform.lrs.model.keep(_twenty_minutes_of_learner_7(platform))
        assert story.sync() - {TUTOR} == {learner(7)}
        before, after = story.points(learner(7), "study_time")
        assert after == pytest.approx(before + 20 / 750 * 40)
        assert story.export_scores_to_the_same()


def test_a_lost_capability_takes_nothing_away_and_ends_with_a_loss(story: Story) -> None:
    story.change("deny", capability="moodle/site:accessallgroups")
    done = story.site.sync(COURSE)
    assert not done.good
    assert "  lost: " in done.complained
    assert changed(story.cards, story.site.cards(COURSE)) == set()
    assert any(problem.kind is ProblemKind.LOST for problem in story.site.problems(COURSE))
    story.change("allow", capability="moodle/site:accessallgroups")
    assert story.sync() == set()


def test_many_changes_at_once_end_as_a_fresh_installation_sees_them(story: Story, tmp_path: Path) -> None:
    """What was synced step by step is what is read at once, but for what is gone and remembered."""
    story.change("grade", assignment=HOMEWORK, user=4, grade=EXCELLENT)
    story.sync()
    story.change("hand_in", assignment=HOMEWORK, user=12, text="作业")
    story.change("add_topic", forum=FORUM, user=8, subject="新主题", message="<p>…</p>", at=IN_TIME)
    story.sync()
    story.change("extend", assignment=HOMEWORK, user=8, until=LATE_ENOUGH)
    story.change("rename", user=8, firstname="杰伦", lastname="林")
    story.change("add_scorm_time", sco=2, user=5, seconds=600, at=IN_TIME)
    story.sync()
    folder = tmp_path / "fresh"
    folder.mkdir()
    fresh = site(story.platform, folder)
    fresh.adopt(COURSE)
    assert fresh.sync(COURSE).good
    assert changed(story.cards, fresh.cards(COURSE)) == set()
    assert fresh.names(COURSE) == story.site.names(COURSE)


def _statuses(story: Story) -> dict[str, str]:
    with story.site.installation.store.reading() as transaction:
        return {row.card.person: row.status for row in transaction.board(COURSE)}


def _lines(story: Story) -> set[tuple[str, str | None, str]]:
    """The learners' lines of the board by person, class and status; none of them twice."""
    part = BoardPart(course=COURSE, role=Role.LEARNER)
    with story.site.installation.store.reading() as transaction:
        rows = transaction.board_cards(part, BoardAsk(withdrawn=True)).rows
        counts = transaction.board_counts(part)
    lines = {(row.card.person, row.card.class_, row.status.value) for row in rows}
    assert len(lines) == len(rows) == sum(counts.values())
    return lines


def _twenty_minutes_of_learner_7(platform: RunningPlatform) -> list[tuple[str, bytes]]:
    """Two statements of a player, on a night on which the learner watched nothing else."""
    video = "https://w3id.org/xapi/video"
    told = []
    for verb, at, place in (("played", "04:00:00", 0), ("paused", "04:20:00", 1200)):
        id_ = str(uuid5(NAMESPACE_URL, verb))
        statement = {
            "id": id_,
            "actor": {"account": {"homePage": platform.moodle.url, "name": "9"}},
            "verb": {"id": f"{video}/verbs/{verb}"},
            "object": {"id": "https://video.example.edu/v/1000"},
            "context": {
                "contextActivities": {"category": [{"id": video}]},
                "extensions": {f"{video}/extensions/session-id": "a", f"{video}/extensions/length": 1220.79},
            },
            "timestamp": f"2024-12-15T{at}+08:00",
            "result": {"extensions": {f"{video}/extensions/time": place}},
        }
        told.append((id_, json.dumps(statement).encode()))
    return told

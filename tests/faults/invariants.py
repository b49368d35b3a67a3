"""What must hold whatever fails, as functions of a scene; each names the invariant that it checks.

I1 no evidence is lost: once faults stop, evidence is what the platforms have
I2 nothing counts twice
I3 a score is a function of the stored evidence and the rules, and can be had again bit for bit
I4 the gradebook ends at the last score, and an older one never overwrites a newer
I5 a platform that fails delays no other
I6 a fault is visible, with its age
I7 no part of an answer ever looks as if people or their work were gone
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

from lms_scoring.domain.failure import Instead, Remedy
from lms_scoring.ports import RunState, SendState
from lms_scoring.services.collecting.collect import SYNC_FAILED
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.scoring.assess import assess
from tests.faults.contents import contents, difference
from tests.faults.scene import COURSE, LRS, MOODLE, Scene

_TWICE = """
    SELECT course, source, kind, record, count(*) FROM evidence
    WHERE NOT superseded AND gone_run IS NULL GROUP BY course, source, kind, record HAVING count(*) > 1
"""
_GONE = "SELECT count(*) FROM evidence WHERE gone_run IS NOT NULL AND gone_at IS NOT NULL"


def undisturbed(scene: Scene, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a first sync of the platforms as they are now leaves, if nothing disturbs it."""
    scene.calm()
    fresh = scene.like_this(folder, empty=True)
    assert fresh.sync().good
    fresh.close()
    return contents(fresh.database)


def no_evidence_is_lost(scene: Scene, truth: dict[str, list[tuple[object, ...]]]) -> None:
    """I1, and I2 for the most part: the same records, events, people and cards as without faults."""
    assert difference(contents(scene.database), truth) == {}


def nothing_counts_twice(scene: Scene) -> None:
    """I2."""
    assert scene.ask(_TWICE) == []


def scores_can_be_had_again(scene: Scene) -> None:
    """I3: scoring everybody again from what is stored changes no card."""
    ours = scene.site.installation
    done = assess(ours.rules(COURSE), ours.store, clock=ours.clock, everyone=True)
    assert done.scored > 0
    assert done.changed == 0


def the_other_was_read(scene: Scene, failing: str) -> None:
    """I5."""
    other = LRS if failing == MOODLE else MOODLE
    assert scene.runs()[other].state is RunState.DONE


def the_fault_is_visible(
    scene: Scene, source: str, *, instead: Collection[Instead], remedy: Remedy = Remedy.TRY_AGAIN
) -> None:
    """I6: the run says what failed, an open problem says it too, and as of when the source is known."""
    run, end = scene.runs()[source], scene.ends()[source]
    assert run.state is RunState.FAILED
    assert run.failure is not None
    assert run.failure.instead in instead
    assert run.failure.remedy is remedy
    assert (end.run, end.failure) == (run.id, run.failure)
    with scene.site.installation.store.reading() as transaction:
        told = [met for met in open_problems(transaction, COURSE) if met.problem.code == SYNC_FAILED]
    assert [met.source for met in told if met.run == run.id] == [source]


def nothing_seems_gone(scene: Scene, *, before: int = 0) -> None:
    """I7: no record was marked as gone, but those that were before."""
    assert scene.ask(_GONE) == [(before,)]


def gone(scene: Scene) -> int:
    """How many records are marked as gone."""
    ((count,),) = scene.ask(_GONE)
    assert isinstance(count, int)
    return count


def the_gradebook_is_right(scene: Scene) -> None:
    """I4: each learner's grade there is the one that the card makes, and ours knows it."""
    with scene.site.installation.store.reading() as transaction:
        grades = transaction.outgoing(COURSE)
    assert grades
    there = {
        f"{MOODLE}-{user}": Fraction(str(grade.score))
        for column in scene.platform.moodle.lti.state.columns_of(2)
        for user, grade in column.grades.items()
        if grade.score is not None
    }
    assert {grade.state for grade in grades} == {SendState.SENT}
    assert there == {grade.person: grade.given for grade in grades}

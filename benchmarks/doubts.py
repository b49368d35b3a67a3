"""Looking for doubts among 1,000, 3,000 and 10,000 works, against reading the same texts and taking marks.

Limits, in processor seconds: 12 times that; a work among 10,000 costs at most 2 times what it costs among
1,000; and a night's 100 new works among 10,000 cost at most a tenth of the first look. The works begin with
the same heading, which the task does not have, and every twentieth is a paraphrase of another one.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.doubts.likeness import own_passages
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.texts import Text
from lms_scoring.files.course_scheme import shipped_scheme_files
from lms_scoring.ports import Kept, RunState
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade

SIZES = (1_000, 3_000, 10_000)
NIGHT = 100
MOST_TIMES, MOST_GROWTH, MOST_OF_FIRST = 12.0, 2.0, 0.1
COURSE, SOURCE, HOMEWORK = "county", "moodle", "17"
BEGIN = 1_729_800_000_000

_SYLLABLES = (
    "课堂学生教师倾听提问合作评价反思设计活动兴趣差异鼓励家长沟通情境问题资源目标方法观察记录案例规则"
)
_HEADING = "国家中小学骨干教师培训项目课程学习心得体会：通过这次学习，我收获很多。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A first look at so many works, the same texts only read and marked, and a night's look after that."""

    works: int
    plain: float
    first: float
    night: float
    statements: int
    looked: Looked

    @property
    def times(self) -> float:
        """How many times what reading and marking costs."""
        return self.first / self.plain

    def __str__(self) -> str:
        return (
            f"{self.works:>7,} {self.plain:>9.2f} s {self.first:>9.2f} s {self.times:>6.2f} "
            f"{1000 * self.first / self.works:>9.2f} ms {self.statements:>11,} {self.looked.opened:>6,} "
            f"{self.night:>9.2f} s"
        )


def main() -> bool:
    """Prints a line for each size; True if all limits are kept."""
    print("doubts:   works  only read  first look  times    a work   statements  cases   100 more")
    found = []
    for works in SIZES:
        found.append(measured(works))
        print(f"doubts: {found[-1]}", flush=True)
    growth = (found[-1].first / found[-1].works) / (found[0].first / found[0].works)
    print(
        f"doubts: at most {max(one.times for one in found):.2f} times only reading (limit {MOST_TIMES}); "
        f"a work among {SIZES[-1]:,} costs {growth:.2f} times one among {SIZES[0]:,} (limit {MOST_GROWTH}); "
        f"{NIGHT} more cost {found[-1].night / found[-1].first:.3f} of the first look (limit {MOST_OF_FIRST})"
    )
    return (
        all(one.times <= MOST_TIMES for one in found)
        and growth <= MOST_GROWTH
        and found[-1].night <= MOST_OF_FIRST * found[-1].first
    )


def measured(works: int) -> Measured:
    """In a database of its own, in a file."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'works.sqlite'}"
        upgrade(url)
        store, rules = SqlStore(url), _rules()
        texts = [*_texts(works + NIGHT)]
        _tell(store, texts[:works], people=works + NIGHT)
        plain = _processor_seconds(lambda: _only_read(store, works))
        looks: list[Looked] = []
        statements: list[tuple[object, ...]] = []
        event.listen(store.engine, "before_cursor_execute", lambda *said: statements.append(said[:0]))
        first = _processor_seconds(lambda: looks.append(look_for_doubts(rules, store, clock=_Now())))
        asked = len(statements)
        _tell(store, texts[works:], people=0)
        night = _processor_seconds(lambda: looks.append(look_for_doubts(rules, store, clock=_Now())))
        assert looks[0].persons == works
        store.close()
    return Measured(works=works, plain=plain, first=first, night=night, statements=asked, looked=looks[0])


def _processor_seconds(work: Callable[[], object]) -> float:
    """What others do on the machine meanwhile does not count; the database is in this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


class _Now:
    """After everything was handed in."""

    def now(self) -> int:
        return BEGIN + 100_000 * MINUTE


def _only_read(store: SqlStore, works: int) -> None:
    with store.reading() as transaction:
        texts = transaction.unmarked_texts(COURSE, limit=works)
        assert len(texts) == works
        for text in texts:
            marks_of(own_passages(text.text, task=""))


def _rules() -> CourseRules:
    scheme = shipped_scheme_files()["longcheng-2024"].scheme
    homework = Binding(purpose=ev.Purpose.HOMEWORK, source=SOURCE, activities=(HOMEWORK,))
    return CourseRules(
        course=COURSE,
        scheme=scheme,
        bindings=Bindings(bindings=(homework,)),
        sources=frozenset({SOURCE}),
    )


def _tell(store: SqlStore, texts: list[Text], *, people: int) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=BEGIN)
        transaction.keep_people(
            [
                KnownPerson(id=f"moodle-{number}", name=f"学员{number}", accounts=(_home(number),))
                for number in range(people)
            ]
        )
        members = [_member(number) for number in range(people)]
        transaction.keep_records(COURSE, SOURCE, members, run=run)
        transaction.keep_texts(COURSE, SOURCE, texts)
        transaction.end_run(run, at=BEGIN, state=RunState.DONE, kept=Kept())


def _texts(works: int) -> Iterator[Text]:
    drawn, before = random.Random(17), ""  # noqa: S311 # the same works every time
    for number in range(works):
        own = "".join(drawn.choices(_SYLLABLES, k=560))
        words = before[:450] + own[450:] if number % 20 == 19 else own
        before = own
        yield Text(
            kind="submission",
            id=f"h{number}",
            person=_home(number),
            activity=HOMEWORK,
            at=BEGIN + number * MINUTE,
            text=_HEADING + words,
        )


def _member(number: int) -> ev.Membership:
    return ev.Membership(
        id=f"m{number}",
        person=_home(number),
        role=ev.Role.LEARNER,
        class_="1班",
        status=ev.MembershipStatus.ACTIVE,
    )


def _home(number: int) -> str:
    return account("https://moodle.example", str(number))

"""Hypothesis draws the same examples every time by default; `HYPOTHESIS_PROFILE=search` looks for new ones.

Side by side, slow tests come first: a long file that begins last would leave the other processes idle. The
tests of a file stay together because they share what they set up; so do those of the whole recorded course.
Parts of any history share nothing, and are so long that each is alone.
"""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.fixtures import known_addresses, one_dialect

known_addresses.share()
one_dialect.share()

WHOLE = "tests/integration/whole/"
HISTORIES = "tests/faults/test_any_history.py"

settings.register_profile(
    "ci",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("laws", parent=settings.get_profile("ci"), max_examples=100)
settings.register_profile("search", parent=settings.get_profile("ci"), max_examples=500, derandomize=False)
settings.register_profile("soak", parent=settings.get_profile("search"), max_examples=250)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class Together(LoadFileScheduling):  # type: ignore[misc]  # the library ships no types
    """By file, and the whole recorded course, which takes long to sync, in one process."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(HISTORIES):
            return nodeid
        return WHOLE if nodeid.startswith(WHOLE) else super()._split_scope(nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="FOLDER", help="keep a picture of every page there")
    parser.addoption(
        "--variations",
        choices=("all", "none", "only"),
        default="all",
        help="whether claims that were tried already are tried once more in other windows and databases",
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return Together(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays: looking for garbage in it took a quarter of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("variations")
    if wanted != "all":
        kept: list[pytest.Item] = []
        left: list[pytest.Item] = []
        for item in items:
            is_one = item.get_closest_marker("variation") is not None
            (kept if is_one == (wanted == "only") else left).append(item)
        config.hook.pytest_deselected(items=left)
        items[:] = kept
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)

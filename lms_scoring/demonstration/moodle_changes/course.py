"""Changes of the course itself: activities hidden or closed, capabilities of the account taken away."""

from lms_scoring.demonstration.moodle_capabilities import LOSSES
from lms_scoring.demonstration.moodle_model import MoodleModel


def hide_activity(model: MoodleModel, *, cmid: int, hidden: bool = True, at: int | None = None) -> None:
    """An activity is hidden from learners, or shown again; the service account still sees it."""
    module = next((each for each in model.modules() if each["id"] == cmid), None)
    if module is None:
        raise ValueError(f"there is no activity {cmid}")
    module["visible"] = module["visibleoncoursepage"] = 0 if hidden else 1
    model.configured[cmid] = model.now() if at is None else at


def close_activity(model: MoodleModel, *, cmid: int, closes: int, at: int | None = None) -> None:
    """A package or database gets a closing date, in seconds; 0 takes it away."""
    rows = {scorm.row["coursemodule"]: (scorm.row, "timeclose") for scorm in model.scorms.values()}
    rows |= {each["coursemodule"]: (each, "timeavailableto") for each in model.databases}
    if cmid not in rows:
        raise ValueError(f"activity {cmid} is no package and no database")
    row, field = rows[cmid]
    row[field] = closes
    model.configured[cmid] = model.now() if at is None else at


def deny(model: MoodleModel, *, capability: str) -> None:
    """The service account loses a capability; what then goes missing was measured, much of it in silence."""
    if capability not in LOSSES:
        raise ValueError(f"nothing is known of the loss of {capability}; known: {', '.join(sorted(LOSSES))}")
    model.denied.add(capability)


def allow(model: MoodleModel, *, capability: str) -> None:
    """The service account gets the capability back."""
    model.denied.discard(capability)

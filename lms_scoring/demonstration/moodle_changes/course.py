"""Changes of the course itself: activities hidden, capabilities of the service account taken away."""

from lms_scoring.demonstration.moodle_capabilities import LOSSES
from lms_scoring.demonstration.moodle_model import MoodleModel


def hide_activity(model: MoodleModel, *, cmid: int, hidden: bool = True, at: int | None = None) -> None:
    """An activity is hidden from learners, or shown again; the service account still sees it."""
    module = next((each for each in model.modules() if each["id"] == cmid), None)
    if module is None:
        raise ValueError(f"there is no activity {cmid}")
    module["visible"] = module["visibleoncoursepage"] = 0 if hidden else 1
    model.configured[cmid] = model.now() if at is None else at


def deny(model: MoodleModel, *, capability: str) -> None:
    """The service account loses a capability; what then goes missing was measured, much of it in silence."""
    if capability not in LOSSES:
        raise ValueError(f"nothing is known of the loss of {capability}; known: {', '.join(sorted(LOSSES))}")
    model.denied.add(capability)


def allow(model: MoodleModel, *, capability: str) -> None:
    """The service account gets the capability back."""
    model.denied.discard(capability)

"""The table `[losses]` of a course file: how much may vanish at once before somebody must confirm it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, post_load

from lms_scoring.domain.losses import LossRules
from lms_scoring.files.toml_file import Share, whole


def _some(share: Fraction) -> None:
    if not 0 < share < 1:
        raise ValidationError("must be more than 0% and less than 100%; all there is, is always held")


class LossesSchema(Schema):
    """What it does not say is as usual."""

    share = Share(validate=_some)
    at_least = whole(2, 1_000_000)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> LossRules:
        return LossRules(**data)

"""What pages stand on when nothing answers."""

from __future__ import annotations

from contextlib import AbstractContextManager

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Transaction


class BrokenStore:
    """A store whose database is gone."""

    def writing(self) -> AbstractContextManager[Transaction]:
        raise StoreError("the database does not answer")

    def reading(self) -> AbstractContextManager[Transaction]:
        raise StoreError("the database does not answer")

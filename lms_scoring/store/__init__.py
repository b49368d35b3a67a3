"""The database: tables, rows ⇄ domain values, and migrations. No rule of scoring lives here."""

from lms_scoring.store.sql_store import SqlStore

__all__ = ["SqlStore"]

"""Collecting: sources are read, what they said is kept, and what nobody could use waits in quarantine."""

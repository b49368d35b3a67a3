"""Whose scores may have changed."""

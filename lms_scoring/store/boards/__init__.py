"""Scoreboards: lines that are kept beside cards, counted and paged."""

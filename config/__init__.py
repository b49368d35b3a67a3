"""Data only: scoring schemes, course files and settings examples."""

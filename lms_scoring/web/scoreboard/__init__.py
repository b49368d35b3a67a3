"""The scoreboard of a course, and what leaves it as a file."""

"""Moodle 4.x through its web services: calls, shapes of answers, their meaning, the order of a pull.

What does not belong here: scoring, binding activities to tasks, and storing.
"""

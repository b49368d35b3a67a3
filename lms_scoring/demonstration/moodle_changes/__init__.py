"""Changes of the stand-in course, each at a time of the platform, as people would make them.

What does not belong here: answering (``moodle_answers``). Changes do not touch completion ticks.
"""

"""The stand-in Moodle as an LTI 1.3 platform: launches, services, registration and the pages around them.

Everything that a browser or a tool sees behaves as a Moodle 4.5.6 was measured to; nothing here answers
web services, and people, groups and roles are those of the ``MoodleModel``.
"""

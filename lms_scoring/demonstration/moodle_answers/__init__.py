"""What the stand-in Moodle answers: one module per area, every answer computed from the state.

What does not belong here: HTTP, tokens and formats (``moodle_server``) and changing the state (``moodle_changes``).
"""

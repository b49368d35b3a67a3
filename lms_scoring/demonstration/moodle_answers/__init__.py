"""What the stand-in Moodle answers: one module per area, every answer computed from the state.

Parameters of Moodle that make no difference here are taken and left (``**_``). What does not belong here:
HTTP, tokens and formats (``moodle_server``), changing the state (``moodle_changes``).
"""

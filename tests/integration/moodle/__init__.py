"""The Moodle adapter against the stand-in Moodle, over HTTP."""

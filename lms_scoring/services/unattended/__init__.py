"""The work that goes on by itself: what is due, what failed, when it is tried again, and who is told."""

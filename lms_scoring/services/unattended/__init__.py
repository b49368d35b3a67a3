"""The work that goes on by itself: what is due or asked for, what failed, when it is tried again."""

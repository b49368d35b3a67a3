"""Work that goes on by itself: one registry of jobs, and two engines that run them.

A job is a plain function with arguments of text, known by its name. It asks the tables what is to be done and
does it, so that it may run twice, or late, or after somebody else did it. Nothing that must not be lost is
kept here: an engine only wakes jobs up, and `sweep` finds what nobody was woken for.
"""

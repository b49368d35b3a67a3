"""The rules of scoring, in plain values: no database, no network, no clock, standard library only.

What does not belong here: anything that reads a file, asks a platform, knows a table or a page.
"""

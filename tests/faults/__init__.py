"""Slow tests of what goes wrong: programs killed in the middle, hostile addresses, many at once, bad answers;
and laws that take long to try.

`make test-faults` runs them. A quick sample of each kind stays in the folders of `make test`.
"""

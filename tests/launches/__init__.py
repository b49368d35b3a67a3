"""Launches for tests: a platform that signs whatever it is told to, and every way a launch can be bad."""

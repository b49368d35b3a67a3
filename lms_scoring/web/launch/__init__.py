"""Launches from a platform, from the login to a session; placing links; dynamic registration."""

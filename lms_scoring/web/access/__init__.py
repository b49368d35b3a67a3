"""Signing in and out, sessions and their cookies, who may frame them, and the pages about who gets in."""

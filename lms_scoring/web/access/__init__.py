"""Signing in and out, sessions, what guards every view, and the administrators' pages about who gets in."""

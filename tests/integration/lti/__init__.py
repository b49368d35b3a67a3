"""LTI platforms over HTTP: recorded answers, broken ones, and a platform of another make."""

"""Cases and disputes."""

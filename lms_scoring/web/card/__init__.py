"""One person's card, every point opened to its evidence."""

"""Who comes, by what, and what they may see."""

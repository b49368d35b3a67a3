"""A database as a whole: copied, and backed up."""

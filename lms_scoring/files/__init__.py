"""Files that people write and read: schemes, courses, settings, evidence; every mistake at once."""

"""Setting a course up in the browser."""

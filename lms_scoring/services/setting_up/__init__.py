"""Setting a course up in the browser: what there is to choose, and what it would come to."""

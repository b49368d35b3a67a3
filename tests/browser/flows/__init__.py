"""What people do on pages, step by step in a browser: with script, without it, on a desk and on a phone."""

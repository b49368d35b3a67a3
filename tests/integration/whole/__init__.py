"""The whole path: stand-in platforms, real adapters over HTTP, a database file, scorecards."""

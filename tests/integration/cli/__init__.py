"""The commands as people type them, on a stand-in platform and a database file."""

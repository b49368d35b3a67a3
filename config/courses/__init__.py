"""Course files, one TOML file each: examples to copy, and the demonstration course."""

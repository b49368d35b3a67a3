"""Scoring schemes (考核方案), one TOML file each."""

"""Rosters in files: people, their accounts, roles and classes, where no Moodle could be asked for them."""

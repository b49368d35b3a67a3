"""The migrations, oldest first; each brings a database one version further."""

"""The kinds of database, and what each says in its own way."""

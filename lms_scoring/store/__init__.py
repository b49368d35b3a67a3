"""The database: tables, rows ⇄ domain values, and migrations. No rule of scoring lives here."""

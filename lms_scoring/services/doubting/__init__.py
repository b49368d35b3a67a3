"""Looking for doubts: what wants a person's look becomes a case, and changes no score."""

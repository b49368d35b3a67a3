"""Evidence of people read back: of open courses and of closed ones."""

"""Messages that say the same again: grouped when they arrive."""

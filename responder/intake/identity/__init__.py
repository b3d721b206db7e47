"""Who wrote a message: sealed, told apart, found again, and forgotten in time."""

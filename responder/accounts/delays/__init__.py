"""Delays between tries to sign in: they grow with what was wrong, and lock nobody out for good."""

"""The catalogue of what is published."""

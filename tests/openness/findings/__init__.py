"""The three lists of findings."""

"""Answers that were given already: how late they were, and which say nothing."""

"""Judging an item (研判): how grave it is, whether it must be answered, and why."""

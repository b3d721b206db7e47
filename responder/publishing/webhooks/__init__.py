"""Telling other systems what was published: signed, at least once, under one number."""

"""The year in figures: each defined once, each opening the rows that it counts."""

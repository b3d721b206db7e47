"""Who does what for an item: the unit that leads, those that assist, and what they send in."""

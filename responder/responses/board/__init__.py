"""The board of items by state, and one step for many of them."""

"""An item's archive (归档): everything of it in one file, which a command verifies."""

"""Press events: entered, changed, moved along their lifecycle."""

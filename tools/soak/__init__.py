"""``make soak``: an office at work while its machines are killed, and a reckoning afterwards."""

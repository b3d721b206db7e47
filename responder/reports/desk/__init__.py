"""What the first page and the big screen show of the office's day."""

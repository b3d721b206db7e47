"""What every capability needs and none owns."""

"""Which messages an item was opened from, and what of its sources is a report (举报)."""

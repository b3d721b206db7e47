"""Findings of inspections (问题), each on the three lists until it is settled (三张清单)."""

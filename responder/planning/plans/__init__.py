"""The annual release plan: drawn up, adopted, measured against what was held."""

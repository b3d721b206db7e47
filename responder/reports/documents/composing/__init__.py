"""What each kind of report says: one module a kind; nothing here is worded by a machine.

Citizens' words stand in their own sentences, the office's in its own; the rest are figures.
"""

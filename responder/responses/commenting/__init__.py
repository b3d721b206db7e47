"""Comments on passages of a draft (审稿批注)."""

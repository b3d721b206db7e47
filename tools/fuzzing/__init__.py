"""Files that were made to hurt, and what must hold of whoever reads them."""

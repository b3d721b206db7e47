"""A made-up city to try the product on; never presented as real."""

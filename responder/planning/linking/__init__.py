"""Which event answers which topic: suggested by the machine, decided by people."""

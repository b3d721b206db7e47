"""Pages of applications: the register, one application, entering and changing it."""

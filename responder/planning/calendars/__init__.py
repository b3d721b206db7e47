"""The release calendar as pages."""

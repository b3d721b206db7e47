"""What developers run: screenshots, translations, migrations against models."""

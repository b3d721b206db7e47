"""Writing the answer: formats, autosave, versions compared, templates, the check beside it."""

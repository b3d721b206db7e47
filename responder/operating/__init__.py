"""Operating (运行维护): an installation says when it is unwell, and can be brought back."""

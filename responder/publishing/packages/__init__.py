"""Policy documents, their interpretation plan and materials, released together (政策文件解读)."""

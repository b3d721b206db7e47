"""What readers think of an answer (群众评价), without knowing who they are."""

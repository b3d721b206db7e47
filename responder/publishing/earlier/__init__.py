"""What was answered before to the same question, to be taken up again."""

"""After publication: what became of the topic, and what the office learnt of it."""

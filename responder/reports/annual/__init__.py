"""The annual summary (年度总结): the office's sentences, the records' figures."""

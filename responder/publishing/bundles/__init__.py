"""Several items that go out together, or not at all (成组发布)."""

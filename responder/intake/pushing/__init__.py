"""Messages that other systems push: the API and its OpenAPI document."""

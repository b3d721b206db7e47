"""The catalogue of what a city publishes (公开目录): columns, what stands in them, what is due."""

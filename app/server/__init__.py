"""The embedded server: the only place with FastAPI."""

"""Entry point for WSGI servers: ``gunicorn wsgi:app``."""

from responder import create_app

app = create_app()

"""Entry point for WSGI servers: ``gunicorn wsgi:app``."""

from responder import create_app
from responder.core.logs import keep_logs
from responder.settings import load_settings

settings = load_settings()
settings.keep_secret_key()
app = create_app(settings)
keep_logs(settings.logs, settings.zone)

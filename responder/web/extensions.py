"""Flask extensions that have no better home."""

from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

bootstrap = Bootstrap5()
csrf = CSRFProtect()

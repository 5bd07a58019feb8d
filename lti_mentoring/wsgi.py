"""The WSGI application: ``gunicorn lti_mentoring.wsgi:app``."""

from lti_mentoring.app import create_app

app = create_app()

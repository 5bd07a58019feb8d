"""The WSGI application: ``lti-mentoring run``, or any server told ``lti_mentoring.wsgi:app``."""

from lti_mentoring.app import create_app

app = create_app()

"""The Celery application: ``celery -A lti_mentoring.worker worker``."""

from celery import Celery

from lti_mentoring.app import create_app

celery: Celery = create_app().extensions["celery"]

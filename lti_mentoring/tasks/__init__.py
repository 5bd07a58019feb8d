"""Celery doors: thin, repeatable, arguments are numbers only."""

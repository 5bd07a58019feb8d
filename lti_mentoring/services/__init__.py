"""Verbs: each takes a database session and now, changes rows, and never commits."""

"""The border to the outside world's certificates: PDF, Open Badges 3.0, status lists and their verification.

Facts come in and documents go out as frozen dataclasses, bytes and JSON; nothing here knows the database or the web.
"""

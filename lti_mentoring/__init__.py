"""lti_mentoring: a mentorship programme inside any course, installed once by LTI 1.3 Advantage."""

__version__ = "0.1.0"

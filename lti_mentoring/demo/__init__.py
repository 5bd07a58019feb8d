"""The demonstration: a small LMS with one course, which opens the tool as a real one does. Never part of production."""

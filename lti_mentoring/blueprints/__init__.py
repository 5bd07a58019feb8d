"""The web edge: parse, open a unit of work, call a service, show."""

"""Reads that shape data for pages; they write nothing and hand out frozen views."""

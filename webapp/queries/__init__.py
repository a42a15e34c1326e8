"""Reads: the viewer first, rows as frozen dataclasses, nothing written."""

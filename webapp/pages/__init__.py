"""The HTML face: one file per noun."""

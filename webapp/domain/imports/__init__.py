"""Imports: from the bytes of another program's export to what they bring, with every problem by row."""

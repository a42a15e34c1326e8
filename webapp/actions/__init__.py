"""Writes: verbs that check rights, change rows, record what happened and flush; they never commit."""

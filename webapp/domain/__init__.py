"""Rules: standard library and dateutil only, no clock of its own."""

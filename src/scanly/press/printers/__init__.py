"""Printers and how far each is off: a ruler page, what was measured on it, and the nudge and scale that follow."""

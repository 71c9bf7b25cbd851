"""Drawings as files: each writer knows shapes and inks and its format, and nothing of QR codes."""

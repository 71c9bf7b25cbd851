"""Codes in bulk: a spreadsheet becomes rows, rows become codes, and every row's outcome is written down."""

"""Floor 7: the print studio: from a spreadsheet or a link to files that a press takes, read back from the page."""

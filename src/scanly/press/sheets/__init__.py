"""A spreadsheet becomes imposed sheets of labels: merged, drawn, laid out, written page by page, and read back."""

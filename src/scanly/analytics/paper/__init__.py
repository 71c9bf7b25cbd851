"""Reports that are handed on: one HTML file, or one page of PDF."""

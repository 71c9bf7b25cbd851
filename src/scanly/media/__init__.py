"""Floor 4: files that people give us, kept under the hash of their content."""

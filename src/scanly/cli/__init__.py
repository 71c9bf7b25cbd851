"""Floor 13: the command line. Parses options, calls one action or one store read, and prints."""

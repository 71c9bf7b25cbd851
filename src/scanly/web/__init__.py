"""Floor 12: the server. Parses requests, asks one action or one store read, and renders."""

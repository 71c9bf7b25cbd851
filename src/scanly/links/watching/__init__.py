"""Looks at where links lead, says which addresses no longer answer, and remembers it for the links' fallbacks."""

"""Floor 1: the words everyone shares. Imports nothing of Scanly's."""

"""Floor 7: every visit of a short address, from the socket to the journal. Holds no SQL."""

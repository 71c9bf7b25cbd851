"""Floor 5: short addresses, where they lead, and for whom."""

"""Floor 8: what happened, in numbers: the journal becomes rows and totals, and rows become reports."""

"""What happened, in plain words: facts that stand out of the numbers, and the sentences that say them."""

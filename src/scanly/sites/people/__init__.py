"""What is kept of one person in what visitors sent: found by a word that only they would have, shown, erased."""

"""What a page says: the words of fifteen languages, numbers and prices, and the tiny markup."""

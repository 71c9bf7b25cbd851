"""Floor 3: how a piece of work is called, what it leaves behind for others, and what runs by itself."""

"""What the measurements share: the program under test, its processes, and how a result is told."""

"""What the symbologies share: the value that they make, the rules of article numbers, how they stand in a room."""

"""Floor 4: workspaces, the people in them, and who may do what."""

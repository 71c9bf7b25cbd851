"""Setting type: text becomes lines that stand in their room, at the size there is."""

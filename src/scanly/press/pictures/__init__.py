"""Pictures and profiles as a press takes them."""

"""What is live: the sites as the server asks for them."""

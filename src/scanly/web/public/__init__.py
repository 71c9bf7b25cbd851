"""What everybody may see without signing in: pages, pictures of codes, static files."""

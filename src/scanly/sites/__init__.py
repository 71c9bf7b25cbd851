"""Small pages: a file becomes a checked list of blocks, a release, and one HTML document without JavaScript."""

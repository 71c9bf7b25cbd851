"""The file that tells places: what it is and asks for, proved, kept in the data folder, followed by a server."""

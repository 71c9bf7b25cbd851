"""Pages of sites over HTTP: answered from memory, in front of the framework."""

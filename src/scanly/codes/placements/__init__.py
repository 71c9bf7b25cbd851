"""The register of printed things: where each code hangs, what it cost, when it is to be replaced."""

"""Looks: a symbol and a style become a drawing of shapes and paints that has no format yet."""

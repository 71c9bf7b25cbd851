"""How a page looks: themes and colours, the style sheet that is left of them, pictures, icons and codes."""

"""Rules that payload types share: a text as people type it in, its one spelling out, or what is wrong with it."""

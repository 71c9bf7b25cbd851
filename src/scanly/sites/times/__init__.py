"""When a shop is open, how long its today is, and what is left until a day: all on its own clocks."""

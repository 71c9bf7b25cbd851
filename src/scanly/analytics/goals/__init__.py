"""Goals: what a workspace wants people to do, and how many did."""

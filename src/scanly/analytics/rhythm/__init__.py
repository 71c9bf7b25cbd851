"""What numbers of scans mean: the usual course of a week, what leaves it, and what comes next. Nothing but compute."""

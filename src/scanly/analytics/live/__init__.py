"""What happens now: scans in the order in which they were counted, and how many people there were lately."""

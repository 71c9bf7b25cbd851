"""From raw scans to packed rollups: numbers for texts, counting, months, recounts."""

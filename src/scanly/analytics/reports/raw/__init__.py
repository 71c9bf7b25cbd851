"""Raw scans: what rollups cannot say, for as long as they are kept."""

"""Questions to the rollups and their answers, each one typed value for every output."""

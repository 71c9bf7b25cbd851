"""What the raw scans and the journal keep of one visitor, for as long as the visitor's salt lives."""

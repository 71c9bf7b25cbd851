"""The files beside a page: its picture for sharing, icon, manifest, contact and calendar files."""

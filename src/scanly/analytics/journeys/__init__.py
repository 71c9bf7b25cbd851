"""Journeys: from the scan of a code to a form that was sent, and who came back."""

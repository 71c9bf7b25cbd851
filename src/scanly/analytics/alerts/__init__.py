"""Alerts: what somebody wants to be told of, judged once, when all scans of the time are counted."""

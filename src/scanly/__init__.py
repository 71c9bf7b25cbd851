"""Scanly: QR codes, short links, small web pages and scan analytics in one self-hosted program."""

__version__ = "0.1.0"

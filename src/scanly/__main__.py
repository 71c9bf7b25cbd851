"""``python -m scanly``, and the entry of the frozen binary."""

from scanly.cli.main import run

if __name__ == "__main__":
    run()

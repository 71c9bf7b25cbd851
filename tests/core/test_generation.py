import subprocess
import sys

from scanly.core.generation import Generation

BUMP = """
import sys
from pathlib import Path
from scanly.core.generation import Generation
generation = Generation(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50_000):
    generation.bump()
"""


def test_no_bump_is_lost_between_processes_and_each_sees_the_others(tmp_path):
    path = tmp_path / "links.generation"
    seen = Generation(path)
    assert seen.value == 0
    others = [
        subprocess.Popen(
            [sys.executable, "-c", BUMP, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
    for other in others:
        assert other.stdin is not None
        other.stdin.write(b"go\n")
        other.stdin.flush()
    for _ in range(50_000):
        seen.bump()
    for other in others:
        other.communicate()
        assert other.returncode == 0
    assert seen.value == 4 * 50_000
    seen.close()
    assert Generation(path).value == 4 * 50_000

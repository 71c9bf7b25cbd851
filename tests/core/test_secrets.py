import errno
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core import secrets
from scanly.core.errors import Unavailable
from scanly.core.secrets import Signer

UNTIL = 1_800_000_000_000
SIGN = """
import sys
from pathlib import Path
from scanly.core.secrets import Signer
print("ready", flush=True)
sys.stdin.readline()
print(Signer(Path(sys.argv[1]), "test").sign("menu", 1))
"""


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    return tmp_path_factory.mktemp("secret") / "secret.key"


@pytest.fixture(scope="module")
def signer(key_file):
    return Signer(key_file, "link password")


@pytest.mark.parametrize("text", ["", "menu", "7.menu", "é🙂", "a\0b", "x" * 100_000])
def test_a_proof_holds_until_exactly_its_moment(signer, text):
    proof = signer.sign(text, UNTIL)
    assert signer.holds(proof, text, 0)
    assert signer.holds(proof, text, UNTIL - 1)
    assert not signer.holds(proof, text, UNTIL)
    assert not signer.holds(proof, text, UNTIL + 1)


def test_a_proof_is_for_one_text_one_purpose_and_one_key(signer, key_file, tmp_path):
    proof = signer.sign("menu", UNTIL)
    assert Signer(key_file, "link password").holds(proof, "menu", 0)
    assert not signer.holds(proof, "menu ", 0)
    assert not signer.holds(proof, "Menu", 0)
    assert not Signer(key_file, "session").holds(proof, "menu", 0)
    assert not Signer(tmp_path / "other.key", "link password").holds(proof, "menu", 0)


def test_moment_and_text_cannot_lend_each_other_digits(signer):
    assert not signer.holds(signer.sign("2\0menu", 1), "menu", 0)
    assert signer.sign("1menu", 12).partition(".")[2] != signer.sign("menu", 121).partition(".")[2]


@given(st.data())
def test_a_proof_with_any_character_changed_added_or_left_out_is_refused(signer, data):
    proof = signer.sign("menu", UNTIL)
    at = data.draw(st.integers(0, len(proof)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(
        st.sampled_from(["", "0", "1", "f", "A", ".", " ", "\0", "é", "\udcff", "٣"]) | st.text(max_size=3)
    )
    altered = proof[:at] + put + proof[at + cut :]
    assert signer.holds(altered, "menu", 0) == (altered == proof)


@given(st.text(max_size=90) | st.from_regex(r"[0-9.]{0,20}\.?[0-9a-f]{0,64}"))
def test_what_nobody_signed_is_refused_without_an_error(signer, proof):
    assert not signer.holds(proof, "menu", 0)


def test_a_proof_that_never_began_does_not_hold(signer):
    assert not signer.holds(signer.sign("menu", 0), "menu", 0)
    assert not signer.holds(signer.sign("menu", -5), "menu", -9)


def test_processes_that_begin_at_once_make_one_key_that_only_its_owner_can_read(tmp_path):
    path = tmp_path / "secret.key"
    command = [sys.executable, "-c", SIGN, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = {process.communicate(timeout=30)[0] for process in processes}
    assert said == {Signer(path, "test").sign("menu", 1) + "\n"}
    assert os.listdir(tmp_path) == ["secret.key"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size == 32


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33, b"x" * 5_000])
def test_a_damaged_key_is_refused_in_one_sentence_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"The secret key .*secret\.key is damaged\. Put it back"):
        Signer(path, "test")
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_made_is_named_and_leaves_nothing_behind(tmp_path, monkeypatch):
    with pytest.raises(Unavailable, match=r"missing/secret\.key cannot be used: No such file or directory"):
        Signer(tmp_path / "missing" / "secret.key", "test")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(secrets.os, "write", full)
    with pytest.raises(Unavailable, match="No space left"):
        Signer(tmp_path / "secret.key", "test")
    assert os.listdir(tmp_path) == []

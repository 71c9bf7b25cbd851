"""The same promises for every place where files may lie; the services are obstore's own, without a network."""

import asyncio
from pathlib import Path

import pytest

from scanly.core.errors import Invalid, Unavailable
from scanly.media import storage as places
from scanly.media.storage import Bucket, Disk, Storage, open_storage
from tests.conftest import imported

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
NAME = "0123456789abcdef0123456789abcdef.webp"


@pytest.fixture(params=["disk", "memory", "local"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return Disk(tmp_path)
    store = imported("obstore.store")
    return Bucket(store.MemoryStore() if request.param == "memory" else store.LocalStore(tmp_path))


def test_a_file_is_there_from_put_to_remove(storage):
    async def work():
        assert await storage.get(NAME) is None
        for _ in range(2):
            await storage.put(NAME, b"\0bytes\xff")
            assert await storage.get(NAME) == b"\0bytes\xff"
        for _ in range(2):
            await storage.remove(NAME)
            assert await storage.get(NAME) is None

    asyncio.run(work())


def test_files_are_apart(storage):
    async def work():
        await asyncio.gather(*(storage.put(f"{number:032x}.png", bytes([number])) for number in range(9)))
        await storage.remove(f"{3:032x}.png")
        return [await storage.get(f"{number:032x}.png") for number in range(9)]

    assert asyncio.run(work()) == [None if number == 3 else bytes([number]) for number in range(9)]


class Counted:
    """A bucket's store that counts how often it is asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, store, name):
        self.asked.append(name)
        return self.get(store, name)


def test_a_bucket_is_asked_once_for_what_many_want_and_remembers_no_more_than_it_may(monkeypatch):
    obstore, store = imported("obstore"), imported("obstore.store")
    counted = Counted()
    counted.get = obstore.get_async
    monkeypatch.setattr(obstore, "get_async", counted)
    bucket = Bucket(store.MemoryStore(), remembered_bytes=250)

    async def work():
        for name in "abc":
            await bucket.put(name, name.encode() * 100)
        for name in ("a", "a", "b", "a", "c", "a", "b", "a"):
            assert await bucket.get(name) == name.encode() * 100

    asyncio.run(work())
    assert counted.asked == ["a", "b", "c", "b"], "the least wanted one is forgotten first"


def test_a_file_larger_than_a_bucket_s_memory_is_given_all_the_same():
    bucket = Bucket(imported("obstore.store").MemoryStore(), remembered_bytes=10)

    async def work():
        await bucket.put("a", bytes(100))
        return [await bucket.get("a") for _ in range(2)]

    assert asyncio.run(work()) == [bytes(100)] * 2


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    disk = Disk(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"no folder")
    for act in (disk.put(NAME, b""), disk.get(NAME), disk.remove(NAME)):
        with pytest.raises(Unavailable, match=NAME):
            asyncio.run(act)


def test_a_service_that_does_not_answer_is_an_error_that_names_the_setting(monkeypatch):
    imported("obstore")
    monkeypatch.setattr(places, "_RETRIES", 0)
    bucket = open_storage(Path(), "s3://pictures/scanly", "http://127.0.0.1:1", KEYS)
    for act in (bucket.put(NAME, b""), bucket.get(NAME), bucket.remove(NAME)):
        with pytest.raises(Unavailable, match=r"media_url does not answer.*media_endpoint"):
            asyncio.run(act)


def test_without_a_setting_files_lie_in_the_folder(tmp_path):
    asyncio.run(open_storage(tmp_path, "", "", {}).put(NAME, b"x"))
    assert (tmp_path / NAME).read_bytes() == b"x"


@pytest.mark.parametrize(
    ("url", "env", "said"),
    [
        ("pictures", KEYS, "is not the address of a bucket"),
        ("https://s3.example.com/pictures", KEYS, "is not the address of a bucket"),
        ("s3:///folder", KEYS, "is not the address of a bucket"),
        ("s3://key@pictures", KEYS, "is not the address of a bucket"),
        ("s3://pictures", {}, "needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ("s3://pictures", {"AWS_ACCESS_KEY_ID": "key"}, "needs AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_a_setting_that_leads_nowhere_is_refused(tmp_path, url, env, said):
    with pytest.raises(Invalid, match=f"media_url: {said}"):
        open_storage(tmp_path, url, "", env)

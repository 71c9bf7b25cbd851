import asyncio
from scanly.ops import backup, restore
from scanly.core.settings import Settings


def test_roundtrip(house, empty_house):
    house.furnish()
    (house.folder.media / "a.png").write_bytes(b"x" * 10)
    info = asyncio.run(backup.create(house.folder, house.settings, 1_795_400_000_000))
    print(info)
    import tarfile

    print(tarfile.open(info.path).getnames())
    v = backup.verify(info.path)
    print(v)
    assert v.ok
    print(backup.list_backups(house.folder))
    asyncio.run(restore.restore(info.path, empty_house.folder, Settings()))
    empty_house.ingest()
    house.ingest()
    assert empty_house.contents() == house.contents()
    assert len(house.contents()["scans"]) == 30


def test_pg(house, empty_house, postgres_url):
    house.furnish()
    info = asyncio.run(backup.create(house.folder, house.settings, 1_795_400_000_000))
    empty_house.settings = Settings(database_url=postgres_url)
    asyncio.run(restore.restore(info.path, empty_house.folder, empty_house.settings))
    empty_house.ingest()
    house.ingest()
    assert empty_house.contents() == house.contents()
    import tempfile, pathlib

    info = asyncio.run(backup.create(empty_house.folder, empty_house.settings, 1_795_400_000_000))
    asyncio.run(restore.restore(info.path, house.folder, Settings(), force=True))
    assert empty_house.contents() == house.contents()

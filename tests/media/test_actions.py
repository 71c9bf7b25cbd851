import asyncio
import os

import pytest
from PIL import Image

from scanly.accounts.actions import add_workspace, choose_workspace
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.media import actions, files
from scanly.media.model import FILE_NAME, check_name
from tests.conftest import Installation
from tests.media.pictures import drawing, opened, photo, saved

JPEG = saved(photo(300, 200), "JPEG")
LOGO = saved(Image.new("RGB", (20, 20), "#9a4b00"), "PNG")


def run(installation: Installation, work):
    """Does ``work(app, call, workspace id)``."""

    async def inside(app):
        workspace = await choose_workspace(app.call(), None)
        return await work(app, app.call(), workspace.id)

    return installation.run(inside)


def test_a_picture_is_kept_found_listed_and_removed_with_its_files(either):
    async def work(app, call, here):
        kept = await actions.keep(call, here, app.media, JPEG, "shop/front.jpg")
        assert await actions.find_pictures(call, here, ["shop/front.jpg", "other.jpg"]) == {kept.name: kept}
        assert await actions.list_media(call, here) == [kept]
        for one in kept.variants:
            data = await app.media.get(one.file)
            assert FILE_NAME.fullmatch(one.file) and len(data) == one.bytes
            assert opened(data).size == (one.width, one.height)
        assert kept.bytes == sum(path.stat().st_size for path in app.folder.media.iterdir())
        assert kept.fallback.kind == "jpg" and [one.width for one in kept.modern] == [240, 300]
        assert await actions.remove_media(call, here, app.media, kept.name, shown={}) == kept
        assert await actions.list_media(call, here) == [] == os.listdir(app.folder.media)

    run(either, work)


def test_a_picture_of_the_same_name_takes_its_place_and_the_same_picture_is_made_once(
    installation, monkeypatch
):
    made = []
    make = files.make
    monkeypatch.setattr(files, "make", lambda data, name: made.append(name) or make(data, name))

    async def work(app, call, here):
        first = await actions.keep(call, here, app.media, LOGO, "logo.png")
        assert await actions.keep(call, here, app.media, LOGO, "logo.png") == first
        assert len(made) == 1
        (app.folder.media / first.fallback.file).unlink()
        assert await actions.keep(call, here, app.media, LOGO, "logo.png") == first
        assert len(made) == 2, "what was lost is made again"
        second = await actions.keep(call, here, app.media, drawing(), "logo.png")
        assert await actions.list_media(call, here) == [second] != [first]
        assert [one.kind for one in second.variants] == ["svg"]
        assert (second.width, second.height, second.modern) == (960, 480, ())
        assert await app.media.get(first.fallback.file), "a release may still show it"

    run(installation, work)


def test_a_file_stays_as_long_as_a_picture_of_any_workspace_has_it(either):
    async def work(app, call, here):
        other = await add_workspace(call, "Other", {})
        kept = await actions.keep(call, here, app.media, LOGO, "a.png")
        await actions.keep(call, here, app.media, LOGO, "b.png")
        assert await actions.find_pictures(call, other.id, ["a.png", "b.png"]) == {}
        await actions.keep(call, other.id, app.media, LOGO, "c.png")
        file = kept.fallback.file
        for place, name, there in ((here, "a.png", True), (here, "b.png", True), (other.id, "c.png", False)):
            assert await app.media.get(file) is not None
            await actions.remove_media(call, place, app.media, name, shown={})
            assert (await app.media.get(file) is not None) == there
        assert await actions.list_media(call, other.id) == []

    run(either, work)


def test_a_picture_that_is_seen_somewhere_is_removed_only_by_force(installation):
    async def work(app, call, here):
        kept = await actions.keep(call, here, app.media, LOGO, "logo.png")
        for each in (kept.fallback.file, kept.name):
            shown = {each: "the site asha", "0.png": "another"}
            with pytest.raises(Conflict, match=r"logo\.png is shown by the site asha\. .* --force"):
                await actions.remove_media(call, here, app.media, "logo.png", shown=shown)
        assert await app.media.get(kept.fallback.file) is not None
        await actions.remove_media(call, here, app.media, "logo.png", shown=shown, force=True)
        assert await app.media.get(kept.fallback.file) is None
        with pytest.raises(NotFound, match=r'no picture "logo\.png"'):
            await actions.remove_media(call, here, app.media, "logo.png", shown={})

    run(installation, work)


def test_a_name_that_nearly_fits_is_suggested(installation):
    async def work(app, call, here):
        await actions.keep(call, here, app.media, LOGO, "logo.png")
        with pytest.raises(NotFound, match=r'Did you mean "logo\.png"'):
            await actions.remove_media(call, here, app.media, "Logo.png", shown={})

    run(installation, work)


def test_a_site_s_pictures_are_kept_together_and_every_fault_is_named(installation, tmp_path):
    (tmp_path / "site" / "photos").mkdir(parents=True)
    (tmp_path / "site" / "logo.png").write_bytes(LOGO)
    (tmp_path / "site" / "photos" / "front.jpg").write_bytes(JPEG)
    (tmp_path / "site" / "page.jpg").write_bytes(b"<html>")
    (tmp_path / "secret.png").write_bytes(LOGO)
    (tmp_path / "site" / "link.png").symlink_to(tmp_path / "secret.png")
    done = []

    async def work(app, call, here):
        names = ["logo.png", "photos/front.jpg", "logo.png"]
        folder = tmp_path / "site"
        kept = await actions.keep_many(call, here, app.media, folder, names, lambda *told: done.append(told))
        assert kept.keys() == set(names)
        assert done == [(1, 2), (2, 2)]
        bad = ["logo.png", "page.jpg", "Logo.png", "../secret.png", "link.png", "photos"]
        with pytest.raises(Invalid) as refused:
            await actions.keep_many(call, here, app.media, folder, bad, lambda *_: None)
        said = {problem.field: str(problem) for problem in refused.value.problems}
        assert said.keys() == {*bad} - {"logo.png"}
        assert 'Did you mean "logo.png"?' in said["Logo.png"]
        assert "leads out of its folder" in said["link.png"]
        assert "is not the name of a file in this folder" in said["../secret.png"]

    run(installation, work)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../x.png",
        "a/../../x.png",
        "a//b.png",
        "./x.png",
        "a\\b.png",
        "\\\\host\\x",
        "x\0.png",
        "x\n",
        "\u202egnp.x",
        "x" * 201,
    ],
)
def test_a_name_is_a_plain_path_below_the_folder(name, installation):
    with pytest.raises(Invalid):
        check_name(name)

    async def work(app, call, here):
        with pytest.raises(Invalid):
            await actions.keep(call, here, app.media, LOGO, name)
        assert os.listdir(app.folder.media) == []

    if name == "../x.png":
        run(installation, work)


def test_what_cannot_be_read_or_shown_leaves_nothing_behind(installation, tmp_path):
    async def work(app, call, here):
        for source, said in (
            (tmp_path / "nothing.png", "No such file"),
            (tmp_path, "Is a directory"),
            (b"x", "not a picture"),
        ):
            with pytest.raises(Invalid, match=rf"x\.png: .*{said}"):
                await actions.keep(call, here, app.media, source, "x.png")
        assert os.listdir(app.folder.media) == [] == await actions.list_media(call, here)

    run(installation, work)


def test_pictures_kept_at_the_same_time_are_all_there(installation):
    async def work(app, call, here):
        pictures = [saved(Image.new("RGB", (9, 9), (number, 0, 0)), "PNG") for number in range(4)]
        await asyncio.gather(
            *(
                actions.keep(call, here, app.media, data, f"{number}.png")
                for number, data in enumerate(pictures)
            )
        )
        return [picture.name for picture in await actions.list_media(call, here)]

    assert run(installation, work) == ["0.png", "1.png", "2.png", "3.png"]

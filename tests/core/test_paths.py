from pathlib import Path

import pytest

from scanly.core.errors import Unavailable
from scanly.core.paths import DataFolder, asset


def test_in_a_checkout_the_templates_are_those_of_the_repository():
    assert asset() == Path(__file__).parents[2] / "templates"
    assert asset("public").is_dir()


def test_a_data_folder_is_its_owner_s_alone(tmp_path):
    folder = DataFolder(tmp_path / "deep" / "data")
    folder.create()
    folder.create()
    made = [folder.root, *folder.root.iterdir()]
    assert {folder.journal, folder.media, folder.backups, folder.salts, folder.nodes} < set(made)
    assert {path.stat().st_mode & 0o777 for path in made} == {0o700}


def test_a_data_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"file/data cannot be made: Not a directory\..*--data DIR"):
        DataFolder(tmp_path / "file" / "data").create()

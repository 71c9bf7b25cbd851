import sys
from importlib import import_module

from scanly.core.extend import discover


def test_the_files_of_a_folder_are_found_in_order_and_packages_are_not(tmp_path, monkeypatch):
    folder = tmp_path / "house_of_extensions"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__", "wifi", "geo", "inner/__init__"):
        (folder / f"{name}.py").write_text(f'NAME = "{name}"\n')
    monkeypatch.syspath_prepend(tmp_path)
    try:
        found = discover(import_module("house_of_extensions"))
        assert list(found) == ["geo", "wifi"]
        assert found["geo"].NAME == "geo"
    finally:
        for name in [name for name in sys.modules if name.startswith("house_of_extensions")]:
            del sys.modules[name]

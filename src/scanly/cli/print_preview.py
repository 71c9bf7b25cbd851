"""Pages as one picture to look at, side by side."""

from __future__ import annotations

from pathlib import Path

# What lies between the pages, and around them.
_GAP_PX, _GROUND = 40, (226, 226, 226)


def write_picture(out: Path, data: bytes, pages: int, dpi: int) -> None:
    """The first ``pages`` of the PDF ``data`` as a PNG. Raises Unavailable."""
    from io import BytesIO

    from PIL import Image

    from scanly.core.files import write_whole
    from scanly.press.render import opened

    with opened(data) as sheets:
        images = [sheets.image(number, dpi) for number in range(1, pages + 1)]
    picture = images[0]
    if pages > 1:
        width = sum(each.width for each in images) + _GAP_PX * (pages + 1)
        height = max(each.height for each in images) + 2 * _GAP_PX
        picture = Image.new("RGB", (width, height), _GROUND)
        left = _GAP_PX
        for image in images:
            picture.paste(image, (left, _GAP_PX))
            left += image.width + _GAP_PX
    file = BytesIO()
    picture.save(file, "PNG", dpi=(dpi, dpi))
    write_whole(out, file.getvalue())

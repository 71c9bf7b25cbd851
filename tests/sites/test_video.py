"""A film's or a song's link names the app that plays it."""

from __future__ import annotations

import pytest

from scanly.sites.video import Player, player_of


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", Player("YouTube", "watch")),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", Player("YouTube", "watch")),
        ("https://m.youtube.com/shorts/abc", Player("YouTube", "watch")),
        ("https://music.youtube.com/watch?v=abc", Player("YouTube Music", "listen")),
        ("https://open.spotify.com/track/1", Player("Spotify", "listen")),
        ("https://asha.bandcamp.com/album/one", Player("Bandcamp", "listen")),
        ("https://example.com/film", Player("example.com", "open")),
        ("https://notyoutube.com/watch", Player("notyoutube.com", "open")),
        ("https://youtube.com.evil.example/watch", Player("youtube.com.evil.example", "open")),
    ],
)
def test_the_player_is_known_by_its_host(address: str, player: Player) -> None:
    assert player_of(address) == player

"""Where a film or a song plays: the name of the app that a link opens, so that the card can say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

Kind = Literal["watch", "listen", "open"]


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays it: a name as people write it, and whether one watches or listens there."""

    name: str
    kind: Kind


_PLAYERS: Final[dict[str, Player]] = {
    "music.youtube.com": Player("YouTube Music", "listen"),
    "youtube.com": Player("YouTube", "watch"),
    "youtu.be": Player("YouTube", "watch"),
    "vimeo.com": Player("Vimeo", "watch"),
    "dailymotion.com": Player("Dailymotion", "watch"),
    "dai.ly": Player("Dailymotion", "watch"),
    "twitch.tv": Player("Twitch", "watch"),
    "instagram.com": Player("Instagram", "watch"),
    "tiktok.com": Player("TikTok", "watch"),
    "facebook.com": Player("Facebook", "watch"),
    "fb.watch": Player("Facebook", "watch"),
    "x.com": Player("X", "watch"),
    "netflix.com": Player("Netflix", "watch"),
    "spotify.com": Player("Spotify", "listen"),
    "music.apple.com": Player("Apple Music", "listen"),
    "podcasts.apple.com": Player("Apple Podcasts", "listen"),
    "soundcloud.com": Player("SoundCloud", "listen"),
    "bandcamp.com": Player("Bandcamp", "listen"),
    "deezer.com": Player("Deezer", "listen"),
    "tidal.com": Player("TIDAL", "listen"),
    "audiomack.com": Player("Audiomack", "listen"),
    "mixcloud.com": Player("Mixcloud", "listen"),
    "jiosaavn.com": Player("JioSaavn", "listen"),
    "gaana.com": Player("Gaana", "listen"),
    "wynk.in": Player("Wynk Music", "listen"),
    "anghami.com": Player("Anghami", "listen"),
    "boomplay.com": Player("Boomplay", "listen"),
}


def player_of(address: str) -> Player:
    """Who plays what a web address leads to: the longest known end of its host, or the host itself."""
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    labels = host.split(".")
    for start in range(len(labels)):
        if player := _PLAYERS.get(".".join(labels[start:])):
            return player
    return Player(host, "open")

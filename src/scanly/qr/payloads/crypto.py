"""A payment in Bitcoin or ether, opened by the payer's wallet.

Source: BIP-321 (``bitcoin:``; offers by ``lno=``), LUD-01 (``lightning:`` with an LNURL), EIP-681
(``ethereum:``, chain 1, the amount in wei).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.qr.grammar.amount import decimal
from scanly.qr.grammar.bitcoin import bitcoin_address, lightning_offer, lnurl
from scanly.qr.grammar.ethereum import ethereum_address
from scanly.qr.grammar.rules import line, refuse, settle, shown, wrong

_INVOICE = re.compile(r"ln(?:bc|tb|bcrt|tbs|sb)[0-9]*[munp]?1.*", re.IGNORECASE)
_SCHEME = re.compile(r"(bitcoin|lightning|ethereum):.*", re.IGNORECASE | re.DOTALL)
_bitcoins = decimal(places=8, most="21000000")
_ethers = decimal(places=18, most="999999999.99")


class Payload(msgspec.Struct, frozen=True):
    """An address, or a Lightning offer or LNURL, which can be paid again and again."""

    address: Annotated[
        str, Meta(description="Address to pay to; for bitcoin also a Lightning offer (lno1…) or an LNURL")
    ]
    scheme: Annotated[Literal["bitcoin", "ethereum"], Meta(description="bitcoin or ethereum")] = "bitcoin"
    amount: Annotated[str, Meta(description="Bitcoins or ethers, such as 0.0015")] = ""
    label: Annotated[str, Meta(description="Name of the payee, up to 100 characters; bitcoin only")] = ""

    def __post_init__(self) -> None:
        ethereum = self.scheme == "ethereum"
        address, amount = (_ethereum, _ethers) if ethereum else (_bitcoin, _bitcoins)
        problems = settle(self, {"address": address, "amount": amount, "label": line(100)})
        if ethereum and self.label:
            problems.append(Problem("label", "Ethereum codes carry no label.", "Leave it out."))
        if _kind(self.address) == "lnurl":
            hint = "Leave it out: the service behind the LNURL says what is paid and to whom."
            given = [field for field in ("amount", "label") if getattr(self, field)]
            problems += [Problem(field, "An LNURL carries no such thing.", hint) for field in given]
        refuse(problems)

    def text(self) -> str:
        if self.scheme == "ethereum":
            value = f"?value={self.amount}e18" if self.amount else ""
            return f"ethereum:{self.address}@1{value}"
        if _kind(self.address) == "lnurl":
            return f"LIGHTNING:{self.address}"
        offer = _kind(self.address) == "offer"
        values = {"lno": self.address if offer else "", "amount": self.amount, "label": self.label}
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in values.items() if value)
        # A code all in capitals is smaller.
        scheme = "BITCOIN" if self.address.startswith("BC1") and not query else "bitcoin"
        return f"{scheme}:{'' if offer else self.address}{'?' if query else ''}{query}"


def _kind(address: str) -> Literal["offer", "lnurl", "address"]:
    start = address[:6].lower()
    return "lnurl" if start == "lnurl1" else "offer" if start.startswith("lno1") else "address"


def _bitcoin(text: str) -> str:
    address = _alone(text)
    if _INVOICE.fullmatch(address):
        message = "A Lightning invoice can be paid once and expires, mostly within the hour."
        raise wrong(message, "Print an offer (lno1…) or an LNURL instead.")
    if address.startswith("0x"):
        raise wrong(f"{shown(text)} is an Ethereum address.", "Set scheme to ethereum.")
    return {"offer": lightning_offer, "lnurl": lnurl, "address": bitcoin_address}[_kind(address)](address)


def _ethereum(text: str) -> str:
    return ethereum_address(_alone(text))


def _alone(text: str) -> str:
    if _SCHEME.fullmatch(text):
        raise wrong(
            f"{shown(text)} is more than an address.", "Give the address alone; the rest is added to it."
        )
    return text.strip(" ")


EXAMPLES = (
    (
        {
            "scheme": "bitcoin",
            "address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "label": "Luke-Jr",
            "amount": "20.3",
        },
        "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=20.3&label=Luke-Jr",
    ),
    (
        {"scheme": "bitcoin", "address": "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"},
        "BITCOIN:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    ),
    (
        {"scheme": "ethereum", "address": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "amount": "2.014"},
        "ethereum:0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359@1?value=2.014e18",
    ),
)

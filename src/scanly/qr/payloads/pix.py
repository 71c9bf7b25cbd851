"""A Brazilian Pix payment to a key; the payer's bank looks up the account.

Source: Banco Central do Brasil, Manual de Padrões para Iniciação do Pix (static QR code) and Manual Operacional
do DICT (keys), on EMVCo Merchant-Presented Mode 1.1; Receita Federal, Instrução Normativa 2.229/2024 (CNPJ with
letters).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.qr.grammar import tlv
from scanly.qr.grammar.amount import emv_money
from scanly.qr.grammar.rules import ascii_line, refuse, settle, shown, unspaced, wrong

_CPF_WEIGHTS = (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)

KeyType = Literal["auto", "email", "phone", "cpf", "cnpj", "random"]


class Payload(msgspec.Struct, frozen=True):
    """A key, and whose it is; the code can be used many times."""

    key: Annotated[str, Meta(description="Pix key: e-mail, phone with +55, CPF, CNPJ or random key")]
    name: Annotated[str, Meta(description="Name of the payee, up to 25 characters; accents are left out")]
    city: Annotated[str, Meta(description="Town of the payee, up to 15 characters; accents are left out")]
    amount: Annotated[str, Meta(description="Reais, such as 10.50; without it the payer types it")] = ""
    reference: Annotated[str, Meta(description="Your reference (txid): up to 25 letters and digits")] = ""
    key_type: Annotated[KeyType, Meta(description="email, phone, cpf, cnpj or random; auto finds it out")] = (
        "auto"
    )

    def __post_init__(self) -> None:
        rules = {"name": ascii_line(25), "city": ascii_line(15), "amount": emv_money, "reference": _reference}
        refuse(settle(self, {"key": self._key, **rules}))

    def text(self) -> str:
        account = tlv.write([("00", "br.gov.bcb.pix"), ("01", self.key)])
        return tlv.seal(
            [
                ("00", "01"),
                ("26", account),
                ("52", "0000"),
                ("53", "986"),
                ("54", self.amount),
                ("58", "BR"),
                ("59", self.name),
                ("60", self.city),
                ("62", tlv.write([("05", self.reference or "***")])),
            ]
        )

    def _key(self, text: str) -> str:
        if self.key_type != "auto":
            return _KEYS[self.key_type](text)
        return _KEYS[_likely_type(unspaced(text))](text)


def _likely_type(key: str) -> str:
    if "@" in key:
        return "email"
    if key.startswith("+"):
        return "phone"
    if re.fullmatch(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", key):
        return "random"
    plain = re.sub(r"[./-]", "", key)
    if len(plain) == 14:
        return "cnpj"
    if plain.isascii() and plain.isdigit() and len(plain) == 11:
        return "cpf"
    hint = "It is an e-mail address, a phone number with +55, a CPF, a CNPJ or a random key."
    raise wrong(f"{shown(key)} is not a Pix key.", hint)


def _email(text: str) -> str:
    key = text.strip(" ").lower()
    if len(key) > 77 or not re.fullmatch(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", key):
        raise wrong(f"{shown(text)} is not an e-mail key.", "It is an address of up to 77 plain characters.")
    return key


def _phone(text: str) -> str:
    key = re.sub(r"[\s().-]", "", text)
    if not re.fullmatch(r"\+55[1-9][0-9]{9,10}", key):
        hint = "Write it with +55 and the area code, like +55 11 91234-5678."
        raise wrong(f"{shown(text)} is not a phone key.", hint)
    return key


def _cpf(text: str) -> str:
    key = re.sub(r"[\s.-]", "", text)
    if not re.fullmatch(r"[0-9]{11}", key):
        raise wrong(f"{shown(text)} is not a CPF.", "It has 11 digits.")
    if not _sound(key, _CPF_WEIGHTS):
        hint = "Compare it with the document; if it is a phone number, write it with +55."
        raise wrong(f"{shown(text)} is not a CPF: its check digits are wrong.", hint)
    return key


def _cnpj(text: str) -> str:
    key = re.sub(r"[\s./-]", "", text).upper()
    if not re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", key):
        raise wrong(f"{shown(text)} is not a CNPJ.", "It has 12 digits or letters and two check digits.")
    if not _sound(key, _CNPJ_WEIGHTS):
        raise wrong(
            f"{shown(text)} is not a CNPJ: its check digits are wrong.", "Compare it with the document."
        )
    return key


def _random(text: str) -> str:
    key = text.strip(" ").lower()
    if not re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", key):
        hint = "It looks like 123e4567-e12b-12d1-a456-426655440000."
        raise wrong(f"{shown(text)} is not a random key.", hint)
    return key


_KEYS = {"email": _email, "phone": _phone, "cpf": _cpf, "cnpj": _cnpj, "random": _random}


def _sound(number: str, weights: tuple[int, ...]) -> bool:
    """Whether the last two digits check the rest: first one by ``weights[1:]``, then both by ``weights``."""
    values = [ord(char) - ord("0") for char in number]
    if len(set(values)) == 1:
        return False
    for length, used in ((len(values) - 2, weights[1:]), (len(values) - 1, weights)):
        rest = sum(value * weight for value, weight in zip(values[:length], used, strict=True)) % 11
        if values[length] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def _reference(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{1,25}", text):
        hint = "It has up to 25 letters and digits, without spaces, hyphens or accents."
        raise wrong(f"{shown(text)} is not a Pix reference.", hint)
    return text


EXAMPLES = (
    (
        {"key": "123e4567-e12b-12d1-a456-426655440000", "name": "Fulano de Tal", "city": "BRASILIA"},
        (
            "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
            "5913Fulano de Tal6008BRASILIA62070503***63041D3D"
        ),
    ),
    (
        {
            "key": "+55 61 91234-5678",
            "name": "Padaria São João",
            "city": "Brasília",
            "amount": "10.50",
            "reference": "PEDIDO123",
        },
        (
            "00020126360014br.gov.bcb.pix0114+5561912345678520400005303986540510.505802BR5916Padaria Sao Joao"
            "6008Brasilia62130509PEDIDO1236304E68A"
        ),
    ),
)

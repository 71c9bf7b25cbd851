"""Another reading of EMVCo strings, which shares nothing with the product: after the specification's own tables."""


def read(text: str) -> dict[str, str]:
    """Checks the checksum bit by bit and returns every field; those of a template as ``26.01``."""
    assert text[-8:-4] == "6304"
    assert text[-4:] == crc(text[:-4])
    found: dict[str, str] = {}
    for name, value in pairs(text):
        assert name not in found
        found[name] = value
        if 26 <= int(name) <= 51 or name == "62" or int(name) >= 80:
            for inner, inner_value in pairs(value):
                assert f"{name}.{inner}" not in found
                found[f"{name}.{inner}"] = inner_value
    assert text.startswith("000201")
    return found


def pairs(text: str) -> list[tuple[str, str]]:
    found = []
    while text:
        name, length = text[:2], int(text[2:4])
        value = text[4 : 4 + length]
        assert length > 0 and len(value) == length
        found.append((name, value))
        text = text[4 + length :]
    return found


def crc(text: str) -> str:
    register = 0xFFFF
    for octet in text.encode():
        for bit in range(7, -1, -1):
            feedback = (register >> 15) ^ (octet >> bit & 1)
            register = (register << 1) & 0xFFFF
            if feedback:
                register ^= 0x1021
    return format(register, "04X")

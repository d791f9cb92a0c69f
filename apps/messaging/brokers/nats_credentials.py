"""A `.creds` file of `nsc`, or the seed of an nkey → the signatures by which nats-py signs in.

The file is read again at each connection, because it may be renewed meanwhile. nats-py's own reader
needs a further package, and may hang (2.16).
"""

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PART = re.compile(rb"-----BEGIN ([A-Z ]+)-----\s*(\S+)\s*-+END \1-+")
_JWT, _SEED = b"NATS USER JWT", b"USER NKEY SEED"
_SEED_OF_A_USER = bytes([18 << 3 | 20 >> 2, (20 << 3 << 3) & 0xFF])
"""The first two bytes of a seed: five bits that mean "seed", and eight that mean "user"."""
_KEY_OF_A_USER = bytes([20 << 3])
"""The first byte of a public key, which therefore begins with a U."""


class Credentials(NamedTuple):
    """The user's JWT, signed by the account, and the private key that proves its possession."""

    jwt: bytes
    key: Ed25519PrivateKey


def signing(path: str) -> dict[str, Callable[..., bytes]]:
    """Return nats-py's options for a `.creds` file: two functions that read it at each connection.

    Each raises `ValueError` if the file is no credentials file.
    """
    return {
        "user_jwt_cb": lambda: read(path).jwt,
        "signature_cb": lambda nonce: base64.b64encode(read(path).key.sign(nonce.encode())),
    }


def read(path: str) -> Credentials:
    """Return the user's JWT and private key from a `.creds` file.

    Raises `ValueError` if a part is missing or invalid, `OSError` if the file is missing.
    """
    parts = dict(_PART.findall(Path(path).read_bytes()))
    if not {_JWT, _SEED} <= set(parts):
        raise ValueError(f"{path} has no NATS USER JWT, or no USER NKEY SEED")
    return Credentials(parts[_JWT], Ed25519PrivateKey.from_private_bytes(_seed(parts[_SEED], path)))


def sign_by_nkey(nonce: str, path: str) -> tuple[str, bytes]:
    """Return the public key by which the server knows us, and its signature of the nonce."""
    key = read_nkey(path)
    raw = _KEY_OF_A_USER + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    checked = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(checked).decode().rstrip("="), base64.b64encode(
        key.sign(nonce.encode())
    )


def read_nkey(path: str) -> Ed25519PrivateKey:
    """Read the seed of an nkey, as `nk -gen user` prints it, alone or between `nsc`'s lines.

    Raises `ValueError` if it is missing, wrong or part of a `.creds` file, `OSError` if the file
    is missing.
    """
    content = Path(path).read_bytes()
    parts = dict(_PART.findall(content))
    if _JWT in parts:
        raise ValueError(f"{path} has a NATS USER JWT: NATS_CREDS_FILE is for such a file")
    seeds = [word for word in content.split() if word.startswith(b"S")]
    text = parts.get(_SEED) or b"".join(seeds[:1])
    return Ed25519PrivateKey.from_private_bytes(_seed(text, path))


def _seed(text: bytes, path: str) -> bytes:
    try:
        data = base64.b32decode(text + b"=" * (-len(text) % 8))
    except binascii.Error as error:
        raise ValueError(f"{path}: its seed is not base32") from error
    seed, checksum = data[:-2], int.from_bytes(data[-2:], "little")
    if not seed.startswith(_SEED_OF_A_USER) or binascii.crc_hqx(seed, 0) != checksum:
        raise ValueError(f"{path}: its seed is not that of a user, or not whole")
    return seed[len(_SEED_OF_A_USER) :]

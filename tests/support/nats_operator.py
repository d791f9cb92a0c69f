"""An operator of NATS, an account and a user, as `nsc` makes them: tokens and a creds file."""

import base64
import binascii
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

OPERATOR, ACCOUNT, USER, SEED = 14, 0, 20, 18
"""The letter that a key of each kind begins with, as a number of base32: O, A, U, S."""


class Key:
    """A pair of keys, written as NATS writes them."""

    def __init__(self, kind: int) -> None:
        self._kind = kind
        self._private = Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _checked(bytes([self._kind << 3]) + raw)

    @property
    def seed(self) -> str:
        raw = self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return _checked(bytes([SEED << 3 | self._kind >> 2, (self._kind & 3) << 6]) + raw)

    def vouch(self, subject: "Key", name: str, **claims: Any) -> str:
        """Return a token of which this key is the issuer."""
        body = {
            "jti": name,
            "iat": int(time.time()),
            "iss": self.public,
            "name": name,
            "sub": subject.public,
            "nats": {"version": 2, **claims},
        }
        text = f"{_part({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_part(body)}"
        return f"{text}.{_base64(self._private.sign(text.encode()))}"


class Operator:
    """`config` is for the server, `creds` for a client."""

    def __init__(self) -> None:
        operator, account, self._user = Key(OPERATOR), Key(ACCOUNT), Key(USER)
        token = operator.vouch(operator, "shop", type="operator")
        anything = dict.fromkeys(["subs", "conn", "leaf", "imports", "exports", "data"], -1)
        limits = {**anything, "payload": -1, "wildcards": True}
        allowed = operator.vouch(account, "shop", type="account", limits=limits)
        self.config = f"operator: {token}\nresolver: MEMORY\n"
        self.config += f"resolver_preload: {{ {account.public}: {allowed} }}\n"
        self._token = account.vouch(self._user, "web", type="user", subs=-1, data=-1, payload=-1)

    @property
    def creds(self) -> str:
        return (
            f"-----BEGIN NATS USER JWT-----\n{self._token}\n------END NATS USER JWT------\n\n"
            "*** keep this secret ***\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{self._user.seed}\n------END USER NKEY SEED------\n"
        )


def _checked(data: bytes) -> str:
    checksum = binascii.crc_hqx(data, 0).to_bytes(2, "little")
    return base64.b32encode(data + checksum).decode().rstrip("=")


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

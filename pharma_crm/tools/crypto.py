"""Encryption of single values in a column, with keys that lie outside the database.

How to use::

    >>> ring = keyring('bm90IGEgc2VjcmV0IGtleSwgYnV0IDMyIGJ5dGVzISE=')
    >>> token = ring.encrypt('13812341234', 'phone')
    >>> ring.decrypt(token, 'phone')
    '13812341234'
    >>> ring.is_current(token)
    True
    >>> ring.digest('13812341234', 'phone') in ring.digests('13812341234', 'phone')
    True

How it works: of every configured key three keys are derived with HKDF-SHA256: one for AES-256-GCM,
one for the keyed hash (HMAC-SHA256), and a short public name that tells which key a value was
encrypted with. The first key encrypts, all of them decrypt: a new key is put in front, all values
are encrypted again, the old key is taken out. The purpose (the name of the column) is authenticated
together with the value, so that a value moved to another column is refused.

A token is ``1:<name of the key>:<base64 of nonce, cipher text and tag>``.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
NAME_BYTES = 6
VERSION = '1'


class CryptoError(ValueError):
    """A value cannot be encrypted or decrypted."""


class KeyMissing(CryptoError):
    """No key is configured."""


class KeyInvalid(CryptoError):
    """A configured key is no key. ``position`` counts from 1; the key itself is never told."""

    def __init__(self, position):
        super().__init__(f'key {position} is not the base64 text of {KEY_BYTES} bytes')
        self.position = position


class KeyUnknown(CryptoError):
    """The value was encrypted with a key that is not configured (any more)."""


class Tampered(CryptoError):
    """The value is not what was encrypted, or stands in another column."""


def generate_key():
    """A new random key, as it is written into the configuration.

    >>> len(base64.b64decode(generate_key()))
    32
    """
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


@functools.lru_cache(maxsize=16)
def keyring(text):
    """Keys as they are configured.

    :param str text: base64 texts of 32 random bytes each, separated by commas or white space; the
        usual alphabet or the one for addresses, the first key encrypts
    :rtype: Keyring
    :raise KeyMissing: when there is none
    :raise KeyInvalid: when one of them is no key
    """
    words = [word for word in re.split(r'[,\s]+', text or '') if word]
    if not words:
        raise KeyMissing('no key is configured')
    return Keyring([_decode_key(word, position) for position, word in enumerate(words, 1)])


def _decode_key(word, position):
    word = word.replace('-', '+').replace('_', '/')
    try:
        key = base64.b64decode(word + '=' * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise KeyInvalid(position) from None
    if len(key) != KEY_BYTES:
        raise KeyInvalid(position)
    return key


def _derive(key, info, length=KEY_BYTES):
    return HKDF(
        algorithm=hashes.SHA256(), length=length, salt=None, info=b'pharma_crm ' + info,
    ).derive(key)


class _Key:
    """What is derived of one configured key."""

    def __init__(self, key):
        self.name = _derive(key, b'name', NAME_BYTES).hex()
        self.cipher = AESGCM(_derive(key, b'encryption'))
        self.digest_key = _derive(key, b'digest')


class Keyring:
    """Encrypts with the first of its keys, decrypts with all of them.

    :param list[bytes] keys: at least one, 32 bytes each
    """

    def __init__(self, keys):
        self._keys = {}
        for key in map(_Key, keys):
            self._keys.setdefault(key.name, key)
        self._first = next(iter(self._keys.values()))

    @property
    def prefix(self):
        """How tokens of the first key begin: what starts otherwise waits for a rotation."""
        return f'{VERSION}:{self._first.name}:'

    def encrypt(self, text, purpose):
        """Encrypt a text; the same text gives another token each time.

        :param str text: any text, the empty one included
        :param str purpose: the column that it stands in
        :rtype: str
        """
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._first.cipher.encrypt(nonce, text.encode(), purpose.encode())
        return self.prefix + base64.b64encode(nonce + sealed).decode()

    def decrypt(self, token, purpose):
        """The text of a token.

        :param str token: as :meth:`encrypt` returned it
        :param str purpose: the column that it stands in
        :rtype: str
        :raise KeyUnknown: when its key is not in this ring
        :raise Tampered: when it is no token, was changed, or belongs to another column
        """
        version, _colon, rest = token.partition(':')
        name, _colon, payload = rest.partition(':')
        if version != VERSION or not payload:
            raise Tampered('not an encrypted value')
        if name not in self._keys:
            raise KeyUnknown(f'encrypted with the key {name}, which is not configured')
        try:
            raw = base64.b64decode(payload, validate=True)
            # base64 has several texts for the same bytes; only one of them is ours
            if base64.b64encode(raw).decode() != payload:
                raise Tampered('changed since it was encrypted')
            text = self._keys[name].cipher.decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            if isinstance(error, CryptoError):
                raise
            raise Tampered('changed since it was encrypted') from None
        return text.decode()

    def is_current(self, token):
        """Whether a token was encrypted with the first key."""
        return token.startswith(self.prefix)

    def digest(self, text, purpose):
        """Keyed hash of a text by the first key: equal texts of a column have equal ones.

        :param str text: the text in the spelling that is compared
        :param str purpose: the column
        :return: 64 hexadecimal digits
        :rtype: str
        """
        return self._digest(self._first, text, purpose)

    def digests(self, text, purpose):
        """Keyed hashes of a text by every key: what a search before the end of a rotation asks for.

        :rtype: list[str]
        """
        return [self._digest(key, text, purpose) for key in self._keys.values()]

    @staticmethod
    def _digest(key, text, purpose):
        message = purpose.encode() + b'\0' + text.encode()
        return hmac.new(key.digest_key, message, hashlib.sha256).hexdigest()

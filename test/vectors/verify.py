#!/usr/bin/env python3
"""A verifier of e-Proof credentials, written from proof/FORMAT.md alone, with Python's standard library.

Run without arguments it checks the worked example of FORMAT.md and every vector in this folder, and exits 1 if one does not hold.
Numbers in comments are sections of FORMAT.md.
"""

import datetime
import hashlib
import json
import math
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
FORMAT = HERE.parent.parent / "proof" / "FORMAT.md"


class Refused(Exception):
    """The input is not valid."""


class NoEProof(Refused):
    """The input is no e-Proof of this verifier at all: there is nothing to judge."""


class LaterVersion(Refused):
    """5.3"""


def refuse_unless(condition, why):
    if not condition:
        raise Refused(why)


# 1. Notation

WHITE_SPACE = "\t\n\x0b\x0c\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
LAST_DAY = 2932896
LAST_SECOND = 253402300799
MAX_SAFE = 2**53 - 1
EPOCH = datetime.date(1970, 1, 1).toordinal()


def utf16_length(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def to_date(day):
    return datetime.date.fromordinal(day + EPOCH).isoformat()


def to_instant(seconds):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat() + "Z"


def hong_kong_day(seconds):
    return (seconds + 28800) // 86400


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def sha256(message):
    return hashlib.sha256(message).digest()


KECCAK_ROUNDS = []
KECCAK_SHIFTS = {}


def prepare_keccak():
    bit = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if bit & 1:
                constant |= 1 << ((1 << j) - 1)
            bit <<= 1
            if bit & 0x100:
                bit ^= 0x171
        KECCAK_ROUNDS.append(constant)
    x, y = 1, 0
    KECCAK_SHIFTS[0, 0] = 0
    for t in range(24):
        KECCAK_SHIFTS[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5


prepare_keccak()


def rotate(word, by):
    return ((word << by) | (word >> (64 - by))) & 0xFFFFFFFFFFFFFFFF


def keccak256(message):
    rate = 136
    padded = bytearray(message) + b"\x01" + bytes(-(len(message) + 1) % rate)
    padded[-1] |= 0x80
    lanes = {(x, y): 0 for x in range(5) for y in range(5)}
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i % 5, i // 5] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        for constant in KECCAK_ROUNDS:
            columns = [lanes[x, 0] ^ lanes[x, 1] ^ lanes[x, 2] ^ lanes[x, 3] ^ lanes[x, 4] for x in range(5)]
            for x in range(5):
                change = columns[(x - 1) % 5] ^ rotate(columns[(x + 1) % 5], 1)
                for y in range(5):
                    lanes[x, y] ^= change
            moved = {(y, (2 * x + 3 * y) % 5): rotate(lanes[x, y], KECCAK_SHIFTS[x, y]) for x in range(5) for y in range(5)}
            for x in range(5):
                for y in range(5):
                    lanes[x, y] = moved[x, y] ^ (~moved[(x + 1) % 5, y] & moved[(x + 2) % 5, y] & 0xFFFFFFFFFFFFFFFF)
            lanes[0, 0] ^= constant
    return b"".join(lanes[i, 0].to_bytes(8, "little") for i in range(4))


# 2. CBOR and text


def check_text(text):
    run = 0
    for char in text:
        refuse_unless(not 0xD800 <= ord(char) <= 0xDFFF, "a surrogate")
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        refuse_unless(run <= 8, "more than 8 marks in a row")
    refuse_unless(unicodedata.normalize("NFC", text) == text, "text is not NFC")


def decode_cbor(data):
    refuse_unless(len(data) <= 65536, "too large")
    value, rest = read_item(data, 0, 8)
    refuse_unless(rest == len(data), "bytes after the value")
    return value


def read_item(data, at, depth):
    refuse_unless(at < len(data), "cut")
    first = data[at]
    at += 1
    if first in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[first], at
    major, info = first >> 5, first & 31
    refuse_unless(major <= 4, "another kind of item")
    refuse_unless(info <= 27, "an indefinite or reserved length")
    if info < 24:
        argument = info
    else:
        size = 1 << (info - 24)
        refuse_unless(at + size <= len(data), "cut")
        argument = int.from_bytes(data[at : at + size], "big")
        at += size
        refuse_unless(argument >= {1: 24, 2: 2**8, 4: 2**16, 8: 2**32}[size], "longer than needed")
    refuse_unless(argument <= MAX_SAFE, "a large number")
    if major == 0:
        return argument, at
    if major == 1:
        refuse_unless(argument < MAX_SAFE, "a small number")
        return -1 - argument, at
    refuse_unless(argument <= len(data) - at, "cut")
    if major == 4:
        refuse_unless(depth > 0, "too deep")
        items = []
        for _ in range(argument):
            item, at = read_item(data, at, depth - 1)
            items.append(item)
        return items, at
    piece = data[at : at + argument]
    at += argument
    if major == 2:
        return bytes(piece), at
    try:
        text = piece.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8")
    check_text(text)
    return text, at


def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise Refused("a large number")


def encode_cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        check_text(value)
        data = value.encode("utf-8")
        return head(3, len(data)) + data
    return head(4, len(value)) + b"".join(encode_cbor(item) for item in value)


# 3 and 4. Hashes, groups


def tag(letter):
    return b"eProof1" + letter.encode()


def derive_salt(seed, index):
    return sha256(tag("S") + seed + bytes([index]))[:16]


def commit(group, index, salt, value):
    return sha256(tag("C") + salt + encode_cbor([group, index, value]))


def hash_commitments(group, commitments):
    refuse_unless(len(commitments) <= 255, "too many claims")
    return sha256(tag("G") + bytes([group, len(commitments)]) + b"".join(commitments))


def hash_full(group, seed, values):
    return hash_commitments(group, [commit(group, i, derive_salt(seed, i), value) for i, value in enumerate(values)])


def is_bytes(value, size):
    return isinstance(value, bytes) and len(value) == size


def check_disclosure(item):
    """4.6: gives the kind and, by index, the values that are disclosed."""
    if isinstance(item, bytes):
        refuse_unless(len(item) == 32, "a group hash has 32 bytes")
        return "hidden", {}
    refuse_unless(isinstance(item, list) and len(item) == 2, "a disclosure")
    first, members = item
    refuse_unless(isinstance(members, list) and 1 <= len(members) <= 255, "1 to 255 claims")
    if first is not None:
        refuse_unless(is_bytes(first, 16), "a seed has 16 bytes")
        return "full", dict(enumerate(members))
    shown = {}
    for i, member in enumerate(members):
        if is_bytes(member, 32):
            continue
        refuse_unless(isinstance(member, list) and len(member) == 2 and is_bytes(member[0], 16), "a disclosed claim")
        shown[i] = member[1]
    refuse_unless(0 < len(shown) < len(members), "all or nothing has another form")
    return "selective", shown


def hash_disclosure(group, item):
    if isinstance(item, bytes):
        return item
    first, members = item
    if first is not None:
        return hash_full(group, first, members)
    return hash_commitments(
        group, [m if isinstance(m, bytes) else commit(group, i, m[0], m[1]) for i, m in enumerate(members)]
    )


def narrow(group, item, chosen):
    """4.10: the disclosure of these of the claims that `item` discloses."""
    kind, shown = check_disclosure(item)
    refuse_unless(chosen <= shown.keys(), "a claim that is hidden")
    if not chosen:
        return hash_disclosure(group, item)
    seed, members = item
    if kind == "full" and len(chosen) == len(members):
        return item
    if kind == "full":
        members = [[derive_salt(seed, i), value] for i, value in enumerate(members)]
    return [None, [m if i in chosen or isinstance(m, bytes) else commit(group, i, *m) for i, m in enumerate(members)]]


# 5. The header


def in_range(value, least, most):
    return is_int(value) and least <= value <= most


def check_version(proof):
    refuse_unless(isinstance(proof, list) and proof and isinstance(proof[0], list) and proof[0], "a proof")
    version = proof[0][0]
    refuse_unless(in_range(version, 1, 65535), "a version")
    if version != 1:
        raise LaterVersion("another version")


def decode_header(items):
    refuse_unless(len(items) == 9, "a header has nine items")
    _, issuer, kind, credential_id, issued, valid_from, valid_until, partly_until, holder_key = items
    refuse_unless(in_range(issuer, 1, 2**32 - 1) and in_range(kind, 1, 2**32 - 1), "issuer or type")
    refuse_unless(is_bytes(credential_id, 6), "an id has 6 bytes")
    for day in (issued, valid_from):
        refuse_unless(in_range(day, 0, LAST_DAY), "a day")
    for day in (valid_until, partly_until):
        refuse_unless(day is None or in_range(day, 0, LAST_DAY), "a day or null")
    refuse_unless(holder_key is None or is_bytes(holder_key, 32), "a holder key has 32 bytes")
    refuse_unless(valid_until is None or valid_until >= valid_from, "an end before the start")
    if partly_until is not None:
        refuse_unless(partly_until >= valid_from, "a partial end before the start")
        refuse_unless(valid_until is None or partly_until < valid_until, "a partial end that is none")
    return {
        "issuer": issuer,
        "credentialType": kind,
        "id": credential_id,
        "issued": issued,
        "validFrom": valid_from,
        "validUntil": valid_until,
        "partlyUntil": partly_until,
        "holderKey": holder_key,
    }


# 6. The proof


def hash_leaf(index, content):
    return sha256(tag("L") + bytes([index]) + content)


def hash_node(left, right):
    return sha256(tag("N") + left + right)


def hash_root(size, top):
    return sha256(tag("R") + size.to_bytes(2, "big") + top)


def hash_content(shown, rest, header):
    return sha256(tag("D") + shown + rest + header)


def root_of_batch(contents):
    nodes = [hash_leaf(i, content) for i, content in enumerate(contents)]
    while len(nodes) > 1:
        pairs = [hash_node(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + ([nodes[-1]] if len(nodes) % 2 else [])
    return hash_root(len(contents), nodes[0])


def root_of(content, index, size, path):
    refuse_unless(1 <= size <= 256 and 0 <= index < size, "no such place")
    result, position, last, used = hash_leaf(index, content), index, size - 1, 0
    while last > 0:
        if position % 2 == 1 or position < last:
            sibling = path[used : used + 32]
            refuse_unless(len(sibling) == 32, "a short path")
            used += 32
            result = hash_node(sibling, result) if position % 2 == 1 else hash_node(result, sibling)
        position >>= 1
        last >>= 1
    refuse_unless(used == len(path), "a long path")
    return hash_root(size, result)


def uint256(value):
    return value.to_bytes(32, "big")


DOMAIN_TYPE = keccak256(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
BATCH_TYPE = keccak256(b"Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)")
NAME, VERSION = keccak256(b"e-Proof"), keccak256(b"1")


def batch_id(chain_id, address, issuer, definition, root, size):
    contract = bytes(12) + bytes.fromhex(address[2:])
    domain = keccak256(DOMAIN_TYPE + NAME + VERSION + uint256(chain_id) + contract)
    struct = keccak256(BATCH_TYPE + uint256(issuer) + definition + root + uint256(size))
    return keccak256(b"\x19\x01" + domain + struct)


class Curve:
    """y² = x³ + a x + b over the integers modulo p, where p is 3 modulo 4."""

    def __init__(self, p, n, a, b, g):
        self.p, self.n, self.a, self.b, self.g = p, n, a, b, g

    def point(self, x, odd):
        """The point with this x, or None."""
        square = (pow(x, 3, self.p) + self.a * x + self.b) % self.p
        y = pow(square, (self.p + 1) // 4, self.p)
        if x >= self.p or y * y % self.p != square:
            return None
        return (x, y if y % 2 == odd else self.p - y)

    def double(self, point):
        (x, y, z), p = point, self.p
        if y == 0 or z == 0:
            return (0, 1, 0)
        s = 4 * x * y * y % p
        m = (3 * x * x + self.a * pow(z, 4, p)) % p
        x2 = (m * m - 2 * s) % p
        return (x2, (m * (s - x2) - 8 * pow(y, 4, p)) % p, 2 * y * z % p)

    def add(self, a, b):
        if a[2] == 0:
            return b
        if b[2] == 0:
            return a
        p = self.p
        za, zb = a[2] * a[2] % p, b[2] * b[2] % p
        u1, u2 = a[0] * zb % p, b[0] * za % p
        s1, s2 = a[1] * zb * b[2] % p, b[1] * za * a[2] % p
        if u1 == u2:
            return self.double(a) if s1 == s2 else (0, 1, 0)
        h, r = u2 - u1, s2 - s1
        h2 = h * h % p
        h3 = h * h2 % p
        x = (r * r - h3 - 2 * u1 * h2) % p
        return (x, (r * (u1 * h2 - x) - s1 * h3) % p, h * a[2] * b[2] % p)

    def sum(self, first, point_a, second, point_b):
        """first × A + second × B, or None for the point at infinity."""
        a, b = point_a + (1,), point_b + (1,)
        both = self.add(a, b)
        result = (0, 1, 0)
        for bit in range(255, -1, -1):
            result = self.double(result)
            chosen = (first >> bit & 1, second >> bit & 1)
            if chosen != (0, 0):
                result = self.add(result, {(1, 0): a, (0, 1): b, (1, 1): both}[chosen])
        x, y, z = result
        if z == 0:
            return None
        scale = pow(z, -1, self.p)
        return (x * scale * scale % self.p, y * scale * scale * scale % self.p)


SECP256K1 = Curve(
    p=2**256 - 2**32 - 977,
    n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    a=0,
    b=7,
    g=(
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    ),
)
P256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    a=-3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)


def split_signature(signature, curve):
    """6.7 and 14.3: r and s, s in the lower half."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    refuse_unless(1 <= r < curve.n and 1 <= s <= (curve.n - 1) // 2, "a signature out of range")
    return r, s


def check_signature(signature):
    refuse_unless(is_bytes(signature, 65) and signature[64] in (27, 28), "a signature has 65 bytes, the last 27 or 28")
    return split_signature(signature, SECP256K1)


def recover_signer(digest, signature):
    """6.8: the address, or None where there is no signer."""
    r, s = check_signature(signature)
    point = SECP256K1.point(r, signature[64] == 28)
    if point is None:
        return None
    inverse, z = pow(r, -1, SECP256K1.n), int.from_bytes(digest, "big")
    key = SECP256K1.sum(s * inverse % SECP256K1.n, point, -z * inverse % SECP256K1.n, SECP256K1.g)
    return None if key is None else "0x" + keccak256(uint256(key[0]) + uint256(key[1]))[12:].hex()


def decode_proof(items):
    check_version(items)
    refuse_unless(len(items) == 9, "a proof has nine items")
    header_items, registry, shown, rest, index, size, path, signature, locator = items
    header = decode_header(header_items)
    refuse_unless(in_range(registry, 0, 255), "a registry")
    refuse_unless(in_range(index, 0, 255) and in_range(size, 1, 256) and isinstance(path, bytes), "a place")
    refuse_unless(locator is None or in_range(locator, 0, 2**32 - 1), "a locator")
    disclosures = [check_disclosure(shown), check_disclosure(rest)]
    check_signature(signature)
    content = hash_content(hash_disclosure(0, shown), hash_disclosure(1, rest), encode_cbor(header_items))
    return {
        "items": items,
        "header": header,
        "registry": registry,
        "disclosures": disclosures,
        "counts": [len(item[1]) if isinstance(item, list) else None for item in (shown, rest)],
        "index": index,
        "size": size,
        "signature": signature,
        "locator": locator,
        "root": root_of(content, index, size, path),
    }


def decode_digits(digits):
    refuse_unless(len(digits) <= 7000, "too many digits")
    refuse_unless(re.fullmatch("[1-9][0-9]*", digits), "no digits")
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_qr_text(text, verifiers):
    text = text.strip(WHITE_SPACE)
    if len(text) >= 378 and re.fullmatch("[0-9]+", text):
        return decode_digits(text)
    address, _, digits = text.partition("#")
    if not re.match("https?://", address, re.IGNORECASE):
        raise NoEProof("no address")
    if address not in verifiers:
        raise NoEProof("another verifier")
    if digits == "":
        raise NoEProof("an address alone")
    return decode_digits(digits)


sys.set_int_max_str_digits(8000) if hasattr(sys, "set_int_max_str_digits") else None


# 7. Credential types and claim values

CLAIM_TYPES = """identifier text bilingualText bilingualAddress date integer boolean enum list bilingualList addressList
quantity money quantityList classList endorsementList table gradeList image""".split()
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u061c\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff0-\ufffd\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd\ufdd0-\ufdef"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
SPACES = " \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


class Text:
    def __init__(self, most):
        self.most = most

    def check(self, value):
        refuse_unless(isinstance(value, str), "a text")
        check_text(value)
        refuse_unless(value != "" and value[0] not in SPACES and value[-1] not in SPACES, "empty, or a space at an end")
        refuse_unless(utf16_length(value) <= self.most, "too long")
        refuse_unless(not UNSEEN.search(value), "a character that is not seen")
        refuse_unless(not any(ord(char) & 0xFFFE == 0xFFFE for char in value), "no character")
        return value

    to_cbor = to_json = check


class Pattern:
    def __init__(self, pattern):
        self.pattern = pattern

    def check(self, value):
        refuse_unless(isinstance(value, str) and re.fullmatch(self.pattern, value), "another form")
        return value

    to_cbor = to_json = check


DECIMAL = Pattern(r"(?!-[0.]+\Z)-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
MEDIA_TYPE = Pattern("image/(png|jpeg)")


class Integer:
    @staticmethod
    def check(value):
        refuse_unless(in_range(value, -MAX_SAFE, MAX_SAFE), "a whole number")
        return value

    to_cbor = to_json = check


class Boolean:
    @staticmethod
    def check(value):
        refuse_unless(isinstance(value, bool), "true or false")
        return value

    to_cbor = to_json = check


class Date:
    @staticmethod
    def to_cbor(value):
        refuse_unless(isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value), "a date")
        try:
            day = datetime.date(int(value[:4]), int(value[5:7]), int(value[8:])).toordinal() - EPOCH
        except ValueError:
            raise Refused("no day of the calendar")
        refuse_unless(day >= -25567, "before 1900")
        return day

    @staticmethod
    def to_json(value):
        refuse_unless(in_range(value, -25567, LAST_DAY), "a day")
        return to_date(value)


class Hash:
    @staticmethod
    def to_cbor(value):
        refuse_unless(isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value), "a hash")
        return bytes.fromhex(value)

    @staticmethod
    def to_json(value):
        refuse_unless(is_bytes(value, 32), "32 bytes")
        return value.hex()


class Enum:
    def __init__(self, codes):
        self.codes = codes

    def to_cbor(self, value):
        refuse_unless(isinstance(value, str) and value in self.codes, "an option")
        return self.codes.index(value)

    def to_json(self, value):
        refuse_unless(in_range(value, 0, len(self.codes) - 1), "the number of an option")
        return self.codes[value]


class OrNull:
    def __init__(self, item):
        self.item = item

    def to_cbor(self, value):
        return None if value is None else self.item.to_cbor(value)

    def to_json(self, value):
        return None if value is None else self.item.to_json(value)


class List:
    def __init__(self, item):
        self.item = item

    def map(self, value, convert):
        refuse_unless(isinstance(value, list) and 1 <= len(value) <= 200, "a list of 1 to 200")
        return [convert(item) for item in value]

    def to_cbor(self, value):
        return self.map(value, self.item.to_cbor)

    def to_json(self, value):
        return self.map(value, self.item.to_json)


class Record:
    def __init__(self, **fields):
        self.fields = fields

    def to_cbor(self, value):
        refuse_unless(isinstance(value, dict) and value.keys() == self.fields.keys(), "exactly these names")
        return [field.to_cbor(value[name]) for name, field in self.fields.items()]

    def to_json(self, value):
        refuse_unless(isinstance(value, list) and len(value) == len(self.fields), "as many items")
        return {name: field.to_json(item) for (name, field), item in zip(self.fields.items(), value)}


class Bilingual:
    LANGUAGES = ("en", "zh-Hant")

    def __init__(self, text):
        self.text = text

    def to_cbor(self, value):
        refuse_unless(isinstance(value, dict) and value and set(value) <= set(self.LANGUAGES), "en, zh-Hant or both")
        return [self.text.to_cbor(value[name]) if name in value else None for name in self.LANGUAGES]

    def to_json(self, value):
        refuse_unless(isinstance(value, list) and len(value) == 2 and value != [None, None], "two texts")
        return {n: self.text.to_json(v) for n, v in zip(self.LANGUAGES, value) if v is not None}


def codec_of(claim):
    text = Text(claim.get("maxLength", 1000))
    bilingual = Bilingual(text)
    return {
        "identifier": text,
        "text": text,
        "bilingualText": bilingual,
        "bilingualAddress": bilingual,
        "date": Date,
        "integer": Integer,
        "boolean": Boolean,
        "enum": Enum([option["code"] for option in claim.get("options", [])]),
        "list": List(text),
        "bilingualList": List(bilingual),
        "addressList": List(bilingual),
        "quantity": Record(amount=DECIMAL, unit=text),
        "money": Record(amount=DECIMAL, currency=text),
        "quantityList": List(Record(item=text, amount=DECIMAL, unit=text)),
        "classList": List(Record(**{"class": text}, validFrom=Date, validUntil=OrNull(Date))),
        "endorsementList": List(Record(text=bilingual, date=Date)),
        "table": List(List(text)),
        "gradeList": List(Record(subject=bilingual, grade=text)),
        "image": Record(mediaType=MEDIA_TYPE, sha256=Hash),
    }[claim["type"]]


def need(condition):
    refuse_unless(condition, "a file of another kind")


def is_text(value):
    return isinstance(value, str) and value != ""


def is_count(value):
    return in_range(value, 1, MAX_SAFE)


def is_label(value):
    return isinstance(value, dict) and all(is_text(value.get(name)) for name in ("en", "zh-Hant", "zh-Hans"))


def decode_type(data):
    file = decode_file(data)
    need(file.get("format") == "eproof-credential-type/1")
    need(is_text(file.get("code")) and is_count(file.get("version")) and is_text(file.get("department")))
    need(is_label(file.get("title")))
    need(file.get("holder") in ("person", "company", "premises", "vehicle", "vessel", "equipment"))
    need(file.get("disclosure") in ("public", "holder-consent", "authorised-only", "knowledge-check"))
    check_validity(file.get("validity"))
    dates = file.get("dates")
    need(isinstance(dates, dict) and set(dates) <= {"issued", "validFrom", "validUntil"})
    need(all(is_label(label) for label in dates.values()))
    need(isinstance(file.get("drafts"), list) and all(is_text(path) for path in file["drafts"]))
    claims = file.get("claims")
    need(isinstance(claims, list))
    for claim in claims:
        check_claim(claim)
    names = [claim["name"] for claim in claims]
    need(len(set(names)) == len(names))
    groups = [claim["group"] for claim in claims]
    need(groups == sorted(groups, reverse=True))  # "shown" sorts after "rest"
    need(all(groups.count(group) <= 255 for group in ("shown", "rest")))
    return file


def check_validity(rule):
    need(isinstance(rule, dict))
    kind = rule.get("kind")
    if kind == "months":
        need(is_count(rule.get("max")) and ("min" not in rule or is_count(rule["min"])))
    elif kind in ("printedDate", "calendarYearEnd"):
        need(is_count(rule.get({"printedDate": "typicalMonths", "calendarYearEnd": "years"}[kind])))
    elif kind in ("perItem", "followsParent"):
        need(is_text(rule.get("claim")))
    else:
        need(kind in ("openEnded", "pointInTime"))


def check_claim(claim):
    need(isinstance(claim, dict))
    name = claim.get("name")
    need(isinstance(name, str) and re.fullmatch("[a-z][A-Za-z0-9]{0,59}", name) and name not in ("id", "type"))
    need(claim.get("type") in CLAIM_TYPES and claim.get("group") in ("shown", "rest"))
    need(isinstance(claim.get("sensitive"), bool) and isinstance(claim.get("required"), bool))
    need(isinstance(claim.get("always", False), bool) and (claim["group"] == "shown" or not claim.get("always")))
    need("role" not in claim or claim["role"] in ("number", "holder", "subject", "place", "conditions"))
    need(is_label(claim.get("label")))
    need("maxLength" not in claim or in_range(claim["maxLength"], 1, 4000))
    if claim["type"] == "enum":
        options = claim.get("options")
        need(isinstance(options, list) and 1 <= len(options) <= 255)
        need(all(isinstance(o, dict) and is_text(o.get("code")) and is_label(o.get("label")) for o in options))
        need(len({option["code"] for option in options}) == len(options))


def decode_profile(data):
    file = decode_file(data)
    need(file.get("format") == "eproof-issuer/1" and is_text(file.get("code")) and is_label(file.get("name")))
    need("website" not in file or is_text(file["website"]))
    return file


def decode_file(data):
    try:
        file = decode_json(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("not UTF-8")
    need(isinstance(file, dict))
    return file


def claims_of(definition, group):
    return [claim for claim in definition["claims"] if claim["group"] == ("shown", "rest")[group]]


def decode_claims(definition, proof):
    """7.9"""
    claims = {}
    for group, ((kind, shown), count) in enumerate(zip(proof["disclosures"], proof["counts"])):
        refuse_unless(kind == "hidden" or len(claims_of(definition, group)) == count, "another number of claims")
        for index, value in shown.items():
            claim = claims_of(definition, group)[index]
            if value is None:
                refuse_unless(not claim["required"], "a required claim is absent")
            else:
                claims[claim["name"]] = codec_of(claim).to_json(value)
    return claims


def check_always_shown(definition, proof):
    """4.12"""
    always = {index for index, claim in enumerate(claims_of(definition, 0)) if claim.get("always")}
    if any(shown for _, shown in proof["disclosures"]):
        refuse_unless(always <= proof["disclosures"][0][1].keys(), "what is always shown is hidden")
    else:
        refuse_unless(not always or definition["disclosure"] != "public", "nothing of a public type")


def select(definition, proof, names):
    """4.10: the bytes of the proof that discloses these claims alone."""
    decode_claims(definition, proof)
    refuse_unless(set(names) <= {claim["name"] for claim in definition["claims"]}, "no such claim")
    items = list(proof["items"])
    for group in (0, 1):
        chosen = {index for index, claim in enumerate(claims_of(definition, group)) if claim["name"] in names}
        items[2 + group] = narrow(group, items[2 + group], chosen)
    check_always_shown(definition, decode_proof(items))
    return encode_cbor(items)


# 8. JSON


def decode_json(text, most=262144, plain_numbers=False):
    refuse_unless(utf16_length(text) <= most, "too long")
    check_depth(text)

    def read_object(pairs):
        refuse_unless(len({name for name, _ in pairs}) == len(pairs), "a name twice")
        return dict(pairs)

    def read_integer(digits):
        value = int(digits)
        refuse_unless(not plain_numbers or digits != "-0" and abs(value) <= MAX_SAFE, "a whole number")
        return value

    def read_float(digits):
        value = float(digits)
        refuse_unless(not plain_numbers or math.isfinite(value) and not value.is_integer(), "a whole number")
        return value

    def refuse_constant(name):
        raise Refused(name)

    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=read_object,
            parse_int=read_integer,
            parse_float=read_float,
            parse_constant=refuse_constant,
        )
    except (ValueError, RecursionError, OverflowError):
        raise Refused("no JSON")


def check_depth(text):
    depth, is_string, at = 0, False, 0
    while at < len(text):
        char = text[at]
        if is_string:
            at += char == "\\"
            is_string = char != '"'
        elif char == '"':
            is_string = True
        elif char in "[{":
            depth += 1
            refuse_unless(depth <= 16, "too deep")
        elif char in "]}":
            depth -= 1
        at += 1


BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def decode_base64url(text):
    number = 0
    refuse_unless(len(text) % 4 != 1 and all(char in BASE64URL for char in text), "no base64url")
    for char in text:
        number = number << 6 | BASE64URL.index(char)
    left_over = len(text) * 6 % 8
    refuse_unless(number & ((1 << left_over) - 1) == 0, "bits left over")
    return (number >> left_over).to_bytes(len(text) * 6 // 8, "big")


def to_base64url(data):
    padding = -len(data) * 8 % 6
    number = int.from_bytes(data, "big") << padding
    return "".join(BASE64URL[number >> shift & 63] for shift in range(len(data) * 8 + padding - 6, -1, -6))


def decode_document(text):
    try:
        document = decode_json(text, plain_numbers=True)
    except Refused as error:
        raise NoEProof(str(error))
    proof = document.get("proof") if isinstance(document, dict) else None
    if not isinstance(proof, dict) or proof.get("cryptosuite") != "eproof-2026" or not isinstance(proof.get("proofValue"), str):
        raise NoEProof("no proof of ours")
    value = proof["proofValue"]
    refuse_unless(value.startswith("u"), "another multibase")
    return document, decode_base64url(value[1:])


def generate_credential(proof, definition_bytes, registry):
    """8.4"""
    definition, digest = decode_type(definition_bytes), sha256(definition_bytes).hex()
    header = proof["header"]
    base = f"urn:eproof:{registry['chainId']}:{registry['address'].lower()}:{header['issuer']}"
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": f"urn:eproof:type:{digest}#"}],
        "id": f"{base}:{to_reference(header['id'])}",
        "type": ["VerifiableCredential", definition["code"]],
        "issuer": base,
        "validFrom": f"{to_date(header['validFrom'])}T00:00:00+08:00",
        "credentialSchema": {"id": f"urn:eproof:type:{digest}", "type": "EProofCredentialType"},
        "credentialSubject": decode_claims(definition, proof),
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eproof-2026",
            "proofPurpose": "assertionMethod",
            "verificationMethod": f"{base}#keys",
            "proofValue": "u" + to_base64url(encode_cbor(proof["items"])),
        },
    }
    if header["validUntil"] is not None:
        document["validUntil"] = f"{to_date(header['validUntil'])}T23:59:59+08:00"
    return document


def generate_document(proof, presentation, definition_bytes, registry):
    """14.7 and 14.8"""
    credential = generate_credential(proof, definition_bytes, registry)
    if presentation is None:
        return credential
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential],
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eproof-2026",
            "proofPurpose": "authentication",
            "verificationMethod": f"urn:eproof:holder:{proof['header']['holderKey'].hex()}",
            "domain": presentation["audience"],
            "challenge": "u" + to_base64url(presentation["nonce"]),
            "created": to_instant(presentation["issuedAt"]),
            "expires": to_instant(presentation["expiresAt"]),
            "proofValue": "u" + to_base64url(encode_cbor(presentation["items"])),
        },
    }


def same_json(a, b):
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same_json(a[name], b[name]) for name in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same_json, a, b))
    return isinstance(a, str) == isinstance(b, str) and not isinstance(b, (dict, list)) and a == b


def check_document(document, shown, definition_bytes, registry):
    refuse_unless(same_json(document, generate_document(*shown, definition_bytes, registry)), "a changed document")


# 9. Trust data and the registry


def decode_trust(text):
    file = decode_json(text)
    need(isinstance(file, dict) and file.get("format") == "eproof-trust/1" and isinstance(file.get("test"), bool))
    verifiers = file.get("verifiers")
    need(isinstance(verifiers, list) and all(isinstance(v, str) and re.fullmatch("https?://.+/", v) for v in verifiers))
    need(is_count(file.get("maxBlockAgeSeconds")) and is_count(file.get("maxSnapshotAgeSeconds")))
    need(isinstance(file.get("registries"), list))
    for registry in file["registries"]:
        need(isinstance(registry, dict) and is_count(registry.get("chainId")) and is_count(registry.get("agree")))
        need(is_hex(registry.get("address"), 20) and is_hex(registry.get("codeHash"), 32))
        nodes = registry.get("nodes")
        need(isinstance(nodes, list) and all(isinstance(node, str) for node in nodes) and len(set(nodes)) == len(nodes))
        need(registry["agree"] <= len(nodes))
        issuers, types = registry.get("issuers"), registry.get("types")
        need(isinstance(issuers, list) and isinstance(types, list))
        for row in issuers:
            need(isinstance(row, dict) and is_count(row.get("issuer")) and is_sha256(row.get("profile")))
            need(isinstance(row.get("keys"), list) and all(is_hex(key, 20) for key in row["keys"]))
        for row in types:
            need(isinstance(row, dict) and is_count(row.get("issuer")) and is_count(row.get("number")))
            need(is_sha256(row.get("definition")))
        need(len({row["issuer"] for row in issuers}) == len(issuers))
        need(len({(row["issuer"], row["number"]) for row in types}) == len(types))
    return file


def is_hex(value, size):
    return isinstance(value, str) and re.fullmatch("0x[0-9a-fA-F]{%d}" % (2 * size), value) is not None


def is_sha256(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def selector(signature):
    return keccak256(signature.encode())[:4]


READ_PAGE, READ = selector("readPage(uint32,uint32)"), selector("read(bytes32)")
READ_RECORDS, READ_NOTICES = selector("readRecords(bytes32)"), selector("readNotices(uint32,uint32)")
READ_KEYS = selector("readKeys(address[])")
EVENTS = {
    "0x" + keccak256(signature.encode()).hex(): signature.partition("(")[0]
    for signature in (
        "StatusChanged(uint32,uint32,bytes32,uint8,uint256,uint24,uint16,address,uint40)",
        "SuccessorNamed(uint32,uint32,bytes32,uint8,bytes32,uint8,address,uint40)",
        "ValidityExtended(uint32,uint32,bytes32,uint8,uint24,uint16,address,uint40)",
    )
}


def call_data(selector, *words):
    return "0x" + (selector + b"".join(words)).hex()


def keys_call_data(addresses):
    words = [bytes(12) + unhex(address[2:]) for address in addresses]
    return call_data(READ_KEYS, uint256(32), uint256(len(words)), *words)


class Words:
    def __init__(self, text):
        refuse_unless(isinstance(text, str), "no text")
        digits = text[2:] if text.startswith("0x") else text
        refuse_unless(re.fullmatch("([0-9a-fA-F]{64})*", digits), "no words")
        self.data = bytes.fromhex(digits)

    def bytes(self, at):
        refuse_unless(at * 32 < len(self.data), "a short answer")
        return self.data[at * 32 : at * 32 + 32]

    def big(self, at):
        return int.from_bytes(self.bytes(at), "big")

    def number(self, at):
        value = self.big(at)
        refuse_unless(value <= MAX_SAFE, "a large number")
        return value

    def address(self, at):
        refuse_unless(self.big(at) < 2**160, "a large address")
        return "0x" + self.bytes(at)[12:].hex()

    def offset(self, at):
        value = self.number(at)
        refuse_unless(value % 32 == 0, "an offset")
        return value // 32

    def list(self, start, at, width, read):
        first = start + self.offset(at)
        length = self.number(first)
        refuse_unless(length * width <= len(self.data) // 32 - first - 1, "a long list")
        return [read(first + 1 + i * width) for i in range(length)]

    def name(self, at, names):
        value = self.number(at)
        refuse_unless(value < len(names), "an unknown state")
        return names[value]


def read_key(words, at):
    return {
        "number": words.number(at),
        "address": words.address(at + 1),
        "purpose": words.name(at + 2, ("none", "anchor", "status")),
        "validFrom": words.number(at + 3),
        "validUntil": words.number(at + 4),
        "invalidFrom": words.number(at + 5),
    }


def decode_page(text):
    """9.3 and 9.4"""
    words = Words(text)
    t = words.offset(0)
    page = {
        "chainId": words.number(t),
        "blockNumber": words.number(t + 1),
        "blockTime": words.number(t + 2),
        "issuer": words.number(t + 4),
        "issuerState": words.name(t + 5, ("none", "active", "suspended", "ended")),
        "successor": words.number(t + 6),
        "profile": words.bytes(t + 7).hex(),
        "batchCount": words.number(t + 8),
        "types": words.list(
            t,
            t + 9,
            4,
            lambda at: {
                "number": words.number(at),
                "definition": words.bytes(at + 1).hex(),
                "state": words.name(at + 2, ("none", "open", "closed")),
                "noticeCount": words.number(at + 3),
            },
        ),
        "keys": words.list(
            t,
            t + 10,
            6,
            lambda at: read_key(words, at),
        ),
        "batches": words.list(
            t,
            t + 11,
            11,
            lambda at: {
                "id": words.bytes(at).hex(),
                "number": words.number(at + 1),
                "credentialType": words.number(at + 2),
                "size": words.number(at + 3),
                "key": words.number(at + 4),
                "anchoredAt": words.number(at + 5),
                "judgement": words.name(at + 6, ("none", "endorsed", "void")),
                "flagged": words.name(at + 7, (False, True)),
                "revoked": words.bytes(at + 8).hex(),
                "suspended": words.bytes(at + 9).hex(),
                "amended": words.bytes(at + 10).hex(),
            },
        ),
    }
    check_page(page)
    return page


def check_page(page):
    """9.5"""
    refuse_unless(len(page["batches"]) <= 64, "a long page")
    for rows, name in (("batches", "id"), ("batches", "number"), ("types", "number"), ("keys", "number")):
        refuse_unless(len({row[name] for row in page[rows]}) == len(page[rows]), "one twice")
    for batch in page["batches"]:
        refuse_unless(batch["number"] < page["batchCount"] and 1 <= batch["size"] <= 256, "no such batch")
        for word in ("revoked", "suspended", "amended"):
            refuse_unless(int(batch[word], 16) >> batch["size"] == 0, "a status beyond the batch")
        refuse_unless(int(batch["suspended"], 16) & ~int(batch["amended"], 16) == 0, "a suspension without a record")
        refuse_unless(batch["anchoredAt"] <= page["blockTime"], "a batch from the future")
        refuse_unless(batch["credentialType"] in [row["number"] for row in page["types"]], "no type")
        refuse_unless(batch["key"] in [row["number"] for row in page["keys"]], "no key")


def has_leaf(word, leaf):
    return int(word, 16) >> leaf & 1 == 1


def read_act(words, at, **more):
    """9.6: an act with what belongs to it, or None where nothing was done."""
    act = {"key": words.address(at), "at": words.number(at + 1), "invalidFrom": words.number(at + 2), **more}
    return act if act["at"] else None


def is_believed(act):
    return act is not None and (act["invalidFrom"] == 0 or act["at"] < act["invalidFrom"])


def decode_records(text, batch, block_time):
    """9.6"""
    words = Words(text)

    def read_record(at):
        leaf, until, valid_until = words.number(at + 2), words.number(at + 9), words.number(at + 13)
        refuse_unless(leaf <= 255 and until <= LAST_DAY and valid_until <= LAST_DAY, "no leaf, or no day")
        return {
            "leaf": words.number(at),
            "succession": read_act(words, at + 3, batch=words.bytes(at + 1).hex(), leaf=leaf),
            "suspension": read_act(words, at + 6, until=until or None),
            "lift": read_act(words, at + 10),
            "extension": read_act(words, at + 14, validUntil=valid_until),
        }

    records = words.list(0, 0, 17, read_record)
    leaves = [leaf for leaf in range(256) if has_leaf(batch["amended"], leaf)]
    refuse_unless([record["leaf"] for record in records] == leaves, "other leaves")
    for record in records:
        succession, suspension, lift, extension = (record[name] for name in ("succession", "suspension", "lift", "extension"))
        refuse_unless(succession or suspension or extension, "a record of nothing")
        refuse_unless(suspension or not lift, "a lift of nothing")
        is_suspended = suspension is not None and lift is None
        refuse_unless(is_suspended == has_leaf(batch["suspended"], record["leaf"]), "another status")
        for act in filter(None, (succession, suspension, lift, extension)):
            refuse_unless(max(act["at"], act["invalidFrom"]) <= block_time, "an act of the future")
    return records


def decode_notices(text, count, block_time):
    """9.7"""
    words = Words(text)
    notices = words.list(
        0,
        0,
        8,
        lambda at: {
            "from": words.number(at),
            "to": words.number(at + 1),
            "validUntil": words.number(at + 2),
            "law": decode_law(words.bytes(at + 3)),
            "posted": read_act(words, at + 4),
            "withdrawnAt": words.number(at + 7),
        },
    )
    refuse_unless(len(notices) == count, "another number of notices")
    for notice in notices:
        refuse_unless(notice["posted"], "a notice of nobody")
        times = notice["posted"]["at"], notice["posted"]["invalidFrom"], notice["withdrawnAt"]
        refuse_unless(max(times) <= block_time, "a notice of the future")
        refuse_unless(notice["from"] <= notice["to"] <= notice["validUntil"] <= LAST_DAY, "days out of order")
    return notices


def decode_law(word):
    """9.7: the text, or None where it is not shown."""
    try:
        return Text(len(word)).check(word.rstrip(b"\0").decode("utf-8"))
    except (UnicodeDecodeError, Refused):
        return None


def decode_keys(text, addresses):
    """9.8"""
    words = Words(text)
    keys = words.list(0, 0, 7, lambda at: {"issuer": words.number(at), **read_key(words, at + 1)})
    refuse_unless([key["address"] for key in keys] == addresses, "other keys")
    return keys


def decode_log(log):
    """9.9"""
    words, topics = Words(log["data"]), log["topics"]
    refuse_unless(len(topics) == 4 and is_hex(topics[3], 32) and topics[0] in EVENTS, "another event")
    name = EVENTS[topics[0]]
    last = 5 if name == "StatusChanged" else 4
    event = {"batch": topics[3][2:].lower(), "key": words.address(last - 1), "time": words.number(last), "successor": None}
    if name == "StatusChanged":
        act, leaves = words.name(0, ("revoke", "suspend", "reinstate")), words.bytes(1).hex()
        return {**event, "act": act, "leaves": leaves, "until": words.number(2) or None, "reason": words.number(3)}
    refuse_unless(words.number(0) < 256, "no leaf")
    event["leaves"] = uint256(1 << words.number(0)).hex()
    if name == "ValidityExtended":
        return {**event, "act": "extend", "until": words.number(1), "reason": words.number(2)}
    successor = {"batch": words.bytes(1).hex(), "leaf": words.number(2)}
    return {**event, "act": "succeed", "until": None, "reason": 6, "successor": successor}


def find_batch(page, batch, locator):
    """10.4, found"""
    row = first(page["batches"], id=batch.hex())
    return row if row and locator in (None, row["number"]) else None


class NodeFailed(Exception):
    pass


def quantity(value):
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{1,13}", value):
        raise NodeFailed("NODE_ANSWER_INVALID")
    return int(value, 16)


def read_registry(registry, issuer, batch, locator, ask):
    """9.10; `ask(url, method, params)` gives a result, or raises NodeFailed."""
    failures, heads = {}, {}
    for url in dict.fromkeys(registry["nodes"]):
        try:
            chain, newest = quantity(ask(url, "eth_chainId", [])), quantity(ask(url, "eth_blockNumber", []))
            if chain != registry["chainId"]:
                raise NodeFailed("NODE_WRONG_CHAIN")
            heads[url] = newest
        except NodeFailed as failure:
            failures[url] = str(failure)
    agree = registry["agree"]
    disagreed = False
    for candidate in dict.fromkeys(sorted(heads.values(), reverse=True)[agree - 1 :]):
        answers = {}
        able = [url for url, newest in heads.items() if newest >= candidate and url not in failures]
        if len(able) < agree:
            continue
        for url in able:
            try:
                answers[url] = read_at(registry, issuer, batch, locator, candidate, lambda *request: ask(url, *request))
            except NodeFailed as failure:
                failures[url] = str(failure)
        if len(answers) < agree:
            continue
        given = list(answers.values())
        winners = [key for key in dict.fromkeys(given) if given.count(key) >= agree]
        if len(winners) == 1:
            return {"block": candidate, "agreed": given.count(winners[0])}
        disagreed = True
    if disagreed:
        return {"failure": "NODES_DISAGREE"}
    for code in ("NODE_WRONG_REGISTRY", "NODE_WRONG_CHAIN", "NODE_ANSWER_INVALID"):
        if code in failures.values():
            return {"failure": code}
    return {"failure": "NODES_UNREACHABLE"}


def read_at(registry, issuer, batch, locator, number, ask):
    at = hex(number)
    block = ask("eth_getBlockByNumber", [at, False])
    account = ask("eth_getProof", [registry["address"], [], at])
    if locator is None:
        data = call_data(READ, batch)
    else:
        data = call_data(READ_PAGE, uint256(issuer), uint256(locator // 64))
    text = ask("eth_call", [{"to": registry["address"], "data": data}, at])
    fine = isinstance(block, dict) and quantity(block.get("number")) == number and is_hex(block.get("hash"), 32)
    if not fine or not isinstance(text, str):
        raise NodeFailed("NODE_ANSWER_INVALID")
    time = quantity(block.get("timestamp"))
    code_hash = account.get("codeHash") if isinstance(account, dict) else None
    if not isinstance(code_hash, str) or code_hash.lower() != registry["codeHash"].lower():
        raise NodeFailed("NODE_WRONG_REGISTRY")
    try:
        page = decode_page(text)
    except Refused:
        raise NodeFailed("NODE_ANSWER_INVALID")
    if page["chainId"] != registry["chainId"]:
        raise NodeFailed("NODE_WRONG_CHAIN")
    if page["blockNumber"] != number or page["blockTime"] != time or not is_answer(page, issuer, batch, locator):
        raise NodeFailed("NODE_ANSWER_INVALID")
    found, records, notices = find_batch(page, batch, None), "", ""
    try:
        if found and int(found["amended"], 16):
            records = ask("eth_call", [{"to": registry["address"], "data": call_data(READ_RECORDS, batch)}, at])
            decode_records(records, found, time)
        kind = first(page["types"], number=found["credentialType"]) if found else None
        if kind and kind["noticeCount"]:
            data = call_data(READ_NOTICES, uint256(issuer), uint256(kind["number"]))
            notices = ask("eth_call", [{"to": registry["address"], "data": data}, at])
            decode_notices(notices, kind["noticeCount"], time)
    except Refused:
        raise NodeFailed("NODE_ANSWER_INVALID")
    return block["hash"].lower(), time, text.lower(), records.lower(), notices.lower()


def is_answer(page, issuer, batch, locator):
    """9.11"""
    batches = page["batches"]
    if locator is None:
        return not batches or len(batches) == 1 and page["issuer"] == issuer and batches[0]["id"] == batch.hex()
    first = locator // 64 * 64
    numbers = list(range(first, min(first + 64, page["batchCount"])))
    return page["issuer"] == issuer and [row["number"] for row in batches] == numbers


def decode_snapshot(text):
    """9.12"""
    file = decode_json(text, 268435456, True)
    fine = isinstance(file, dict) and file.get("format") == "eproof-snapshot/1" and isinstance(file.get("pages"), list)
    refuse_unless(fine and all(isinstance(page, dict) for page in file["pages"]), "no snapshot")
    for page in file["pages"]:
        block, answers = page.get("block"), page.get("answers")
        refuse_unless(isinstance(block, dict) and isinstance(answers, dict), "no block or no answers")
        numbers = [page.get(name) for name in ("chainId", "issuer", "page", "agreed")] + [block.get("number"), block.get("time")]
        refuse_unless(all(is_int(number) and number >= 0 for number in numbers), "no whole number")
        refuse_unless(is_lower_hex(page.get("address"), 20) and is_lower_hex(block.get("hash"), 32), "no address or hash")
        tables = answers.get("records"), answers.get("notices")
        refuse_unless(all(isinstance(table, dict) for table in tables), "no records or notices")
        texts = [answers.get("page"), *tables[0].values(), *tables[1].values()]
        refuse_unless(all(isinstance(text, str) and re.fullmatch("0x[0-9a-f]*", text) for text in texts), "no hex")
    return file["pages"]


def is_lower_hex(value, size):
    return is_hex(value, size) and value == value.lower()


def read_snapshot(pages, registry, issuer, batch, locator):
    """9.13: the page that is the reading, None where no page holds the batch, or the failure."""
    place = registry["chainId"], registry["address"].lower(), issuer
    kept = [page for page in pages if (page["chainId"], page["address"], page["issuer"]) == place]
    kept = [page for page in kept if locator is None or page["page"] == locator // 64]
    for page in sorted(kept, key=lambda page: -page["block"]["number"]):
        try:
            if read_kept(page, batch):
                return page
        except (Refused, KeyError):
            return {"failure": "NODE_ANSWER_INVALID"}
    return None


def read_kept(kept, batch):
    page, answers, block = decode_page(kept["answers"]["page"]), kept["answers"], kept["block"]
    said = page["chainId"], page["blockNumber"], page["blockTime"]
    refuse_unless(said == (kept["chainId"], block["number"], block["time"]), "another block")
    refuse_unless(is_answer(page, kept["issuer"], batch, kept["page"] * 64), "another page")
    found = find_batch(page, batch, None)
    if found and int(found["amended"], 16):
        decode_records(answers["records"][found["id"]], found, page["blockTime"])
    kind = first(page["types"], number=found["credentialType"]) if found else None
    if kind and kind["noticeCount"]:
        decode_notices(answers["notices"][str(kind["number"])], kind["noticeCount"], page["blockTime"])
    return found is not None


# 10. The verdict

CHECKS = "format commitments inclusion signature registry anchor key issuer credentialType status validity".split()


def outcomes():
    """The code table is read from FORMAT.md itself."""
    rows = re.findall(r"^\| \w+ \| ([A-Z_]+) \| (pass|fail|unknown) \|$", FORMAT.read_text("utf-8"), re.MULTILINE)
    return dict(rows)


OUTCOMES = outcomes()


def judge(checks):
    """10.5"""
    given = [OUTCOMES[code] for code in checks.values() if code != "STATUS_NOT_KNOWN_SINCE"]
    if "fail" in given:
        return "not-genuine"
    return "genuine" if set(given) == {"pass"} and checks.keys() >= set(CHECKS) else "could-not-be-checked"


def verify(presented, trust, verifier, load, reading, occasion, day=None):
    """10.2 to 10.11. `load(path)` gives a file's bytes or None; `reading` is decoded, a failure, or None."""
    try:
        document, data = decode_presented(presented, verifier)
        proof, presentation = shown = decode_shown(data)
    except NoEProof:
        raise
    except Refused as error:
        checks = dict.fromkeys(CHECKS, "NOT_REACHED")
        checks["format"] = "FORMAT_VERSION_UNKNOWN" if isinstance(error, LaterVersion) else "FORMAT_INVALID"
        return {"checks": checks, "genuine": judge(checks), "standing": None}
    header, now = proof["header"], occasion["now"]
    registries = trust["registries"]
    registry = registries[proof["registry"]] if proof["registry"] < len(registries) else None
    definition_bytes = load_row(load, registry, "types", "definition", issuer=header["issuer"], number=header["credentialType"])
    profile_bytes = load_row(load, registry, "issuers", "profile", issuer=header["issuer"])
    definition = usable(decode_type, definition_bytes)
    profile = usable(decode_profile, profile_bytes)
    checks = {}

    checks["format"] = "FORMAT_VALID"
    if document is not None:
        if registry is None or definition is None:
            checks["format"] = "NOT_REACHED"
        elif not is_taken(check_document, document, shown, definition_bytes, registry):
            checks["format"] = "DOCUMENT_CHANGED"
    if definition is None:
        checks["commitments"] = "NOT_REACHED"
    elif not is_taken(decode_claims, definition, proof):
        checks["commitments"] = "CLAIMS_NOT_OF_TYPE"
    else:
        checks["commitments"] = "CLAIMS_MATCH_TYPE" if is_taken(check_always_shown, definition, proof) else "CLAIMS_HIDDEN"

    checks["inclusion"] = "ROOT_COMPUTED"
    checks["registry"] = check_registry(registry, reading, header, trust, now)
    page = reading["page"] if checks["registry"] in ("REGISTRY_READ", "SNAPSHOT_READ") else None
    batch = None
    if registry is not None and definition is not None:
        batch = batch_id(
            registry["chainId"],
            registry["address"],
            header["issuer"],
            sha256(definition_bytes),
            proof["root"],
            proof["size"],
        )
    found = find_batch(page, batch, proof["locator"]) if page is not None and batch is not None else None
    key = first(page["keys"], number=found["key"]) if found else None
    kind = first(page["types"], number=found["credentialType"]) if found else None

    checks["signature"] = check_signer(registry, batch, proof, key)
    if page is None or batch is None:
        checks["anchor"] = "NOT_REACHED"
    elif found is None:
        checks["anchor"] = "NOT_ANCHORED"
    elif found["judgement"] == "void":
        checks["anchor"] = "BATCH_VOID"
    else:
        same = found["size"] == proof["size"] and found["credentialType"] == header["credentialType"]
        checks["anchor"] = "ANCHORED" if same else "ANCHORED_DIFFERENTLY"
    checks["key"] = check_key(found, key)
    if profile is None:
        checks["issuer"] = "ISSUER_UNKNOWN"
    elif page is None:
        checks["issuer"] = "NOT_REACHED"
    elif page["issuerState"] == "none":
        checks["issuer"] = "ISSUER_UNKNOWN"
    else:
        checks["issuer"] = "ISSUER_KNOWN" if page["profile"] == sha256(profile_bytes).hex() else "ISSUER_PROFILE_CHANGED"
    if definition is None:
        checks["credentialType"] = "TYPE_UNKNOWN"
    elif found is None or kind is None:
        checks["credentialType"] = "NOT_REACHED"
    else:
        same = kind["number"] == header["credentialType"] and kind["definition"] == sha256(definition_bytes).hex()
        checks["credentialType"] = "TYPE_REGISTERED" if same else "TYPE_DIFFERENT"
    checks["status"] = check_status(found, reading, trust, now)
    checks["validity"] = "DATES_COMPARED"
    if presentation is not None:
        checks["holderBinding"] = check_holder(presentation, occasion)

    verdict = {"checks": checks, "genuine": judge(checks), "standing": None, **({} if day is None else {"past": None})}
    if verdict["genuine"] == "genuine":
        register = read_register(proof, found, kind, reading)
        is_old = checks["status"] == "STATUS_NOT_KNOWN_SINCE"
        if is_old and not register["done"]["revoked"]:
            verdict["standing"] = {"code": "not-known", "since": reading["block"]["time"]}
        else:
            verdict["standing"] = standing_on(hong_kong_day(now), header, register["done"], register["end"])
        if day is not None and day <= hong_kong_day(now):
            verdict["past"] = past_standing(day, header, register, reading["keys"])
    return verdict


def is_taken(check, *facts):
    try:
        check(*facts)
    except Refused:
        return False
    return True


def decode_presented(presented, verifier):
    if "json" in presented:
        return decode_document(presented["json"])
    if "text" in presented:
        return None, decode_qr_text(presented["text"], [verifier])
    return None, bytes.fromhex(presented["proof"])


def first(rows, **wanted):
    return next((row for row in rows if all(row[name] == value for name, value in wanted.items())), None)


def load_row(load, registry, folder, name, **wanted):
    row = first(registry[folder], **wanted) if registry else None
    data = load(f"{folder}/{row[name]}.json") if row else None
    return data if data is not None and sha256(data).hex() == row[name] else None


def usable(decode, data):
    try:
        return None if data is None else decode(data)
    except Refused:
        return None


def check_registry(registry, reading, header, trust, now):
    if registry is None:
        return "REGISTRY_UNKNOWN"
    if reading is None:
        return "NOT_REACHED"
    if "failure" in reading:
        return reading["failure"]
    page = reading["page"]
    if page["chainId"] != registry["chainId"]:
        return "NODE_WRONG_CHAIN"
    if page["batches"] and page["issuer"] != header["issuer"]:
        return "NODE_ANSWER_INVALID"
    time, most = reading["block"]["time"], trust["maxBlockAgeSeconds"]
    if reading["isSnapshot"] and time - now <= most:
        return "SNAPSHOT_READ"
    return "NODE_STALE" if abs(now - time) > most else "REGISTRY_READ"


def check_signer(registry, batch, proof, key):
    if batch is None:
        return "NOT_REACHED"
    signer = recover_signer(batch, proof["signature"])
    if signer is None:
        return "SIGNATURE_INVALID"
    if key is not None:
        return "SIGNED_BY_ANCHORED_KEY" if key["address"] == signer else "SIGNED_BY_OTHER_KEY"
    row = first(registry["issuers"], issuer=proof["header"]["issuer"])
    known = [address.lower() for address in row["keys"]] if row else []
    return "SIGNED_BY_KNOWN_KEY" if signer in known else "SIGNED_BY_UNKNOWN_KEY"


def check_key(found, key):
    if found is None or key is None:
        return "NOT_REACHED"
    at = found["anchoredAt"]
    if key["purpose"] != "anchor":
        return "KEY_NOT_FOR_ANCHORING"
    if at < key["validFrom"] or key["validUntil"] != 0 and at >= key["validUntil"]:
        return "KEY_OUTSIDE_ITS_WINDOW"
    if key["invalidFrom"] != 0 and at >= key["invalidFrom"]:
        return "KEY_ENDORSED" if found["judgement"] == "endorsed" else "KEY_COMPROMISED"
    return "KEY_VALID_WHEN_ANCHORED"


def check_status(found, reading, trust, now):
    if found is None:
        return "NOT_REACHED"
    if not reading["isSnapshot"]:
        return "STATUS_READ"
    is_old = now - reading["block"]["time"] > trust["maxSnapshotAgeSeconds"]
    return "STATUS_NOT_KNOWN_SINCE" if is_old else "STATUS_AS_OF"


def read_register(proof, batch, kind, reading):
    """10.6 and 10.7: what was done to the credential, its end, and the events that name it."""
    index, header, record, notices, events = proof["index"], proof["header"], {}, [], reading["events"]
    if int(batch["amended"], 16):
        record = first(reading["records"][batch["id"]], leaf=index) or {}
    if kind["noticeCount"]:
        notices = reading["notices"][kind["number"]]
    if events is not None:
        events = [event for event in events if event["batch"] == batch["id"] and has_leaf(event["leaves"], index)]

    def last(act):
        return next((event for event in reversed(events or []) if event["act"] == act), {"time": None, "reason": None})

    done = {"revoked": None, "superseded": None, "suspended": None}
    if has_leaf(batch["revoked"], index):
        done["revoked"] = {name: last("revoke")[name] for name in ("time", "reason")}
    succession, suspension = record.get("succession"), record.get("suspension")
    if is_believed(succession):
        successor = {"batch": "0x" + succession["batch"], "leaf": succession["leaf"]}
        done["superseded"] = {"time": succession["at"], "successor": successor}
    if is_believed(suspension) and not is_believed(record["lift"]):
        reason = last("suspend")["reason"] if last("suspend")["time"] == suspension["at"] else None
        done["suspended"] = {"since": suspension["at"], "until": suspension["until"], "reason": reason}

    end = {"day": header["validUntil"], "by": None, "law": None}
    if is_believed(record.get("extension")):
        end = {"day": record["extension"]["validUntil"], "by": "amendment", "law": None}
    for notice in notices:
        stands = notice["withdrawnAt"] == 0 and is_believed(notice["posted"]) and end["day"] is not None
        if stands and notice["from"] <= end["day"] <= notice["to"] and notice["validUntil"] > end["day"]:
            end = {"day": notice["validUntil"], "by": "notice", "law": notice["law"]}
    return {"done": done, "end": end, "events": events}


def standing_on(day, header, done, end):
    """10.6: the first row that fits."""
    suspended, date, partly = done["suspended"], header["validUntil"], header["partlyUntil"]
    until = None if end["day"] == LAST_DAY else end["day"]
    if done["revoked"]:
        return {"code": "revoked", **done["revoked"]}
    if done["superseded"]:
        return {"code": "superseded", **done["superseded"]}
    if suspended and (suspended["until"] is None or day <= suspended["until"]):
        return {"code": "suspended", **suspended}
    if end["day"] is not None and day > end["day"]:
        return {"code": "expired", "on": end["day"]}
    if date is not None and day > date:
        return {"code": "in-force-past-date", "date": date, "until": until, "by": end["by"], "law": end["law"]}
    if day < header["validFrom"]:
        return {"code": "not-yet-in-force", "from": header["validFrom"]}
    if partly is not None and day > partly:
        return {"code": "partly-expired", "since": partly, "until": until}
    return {"code": "in-force", "until": until}


def past_standing(day, header, register, keys):
    """10.11"""
    if register["events"] is None or keys is None:
        return None
    reported = {key["address"]: key["invalidFrom"] for key in keys}
    if any(event["key"] not in reported for event in register["events"]):
        return None
    events = [
        event
        for event in register["events"]
        if event["act"] == "revoke" or is_believed({"at": event["time"], "invalidFrom": reported[event["key"]]})
    ]
    if gist(done_by(events)) != gist(register["done"]):
        return None
    return standing_on(day, header, done_by(event for event in events if hong_kong_day(event["time"]) <= day), register["end"])


def done_by(events):
    done = {"revoked": None, "superseded": None, "suspended": None}
    for event in events:
        time, reason, successor = event["time"], event["reason"], event["successor"]
        if event["act"] == "revoke" and not done["revoked"]:
            done["revoked"] = {"time": time, "reason": reason}
        elif event["act"] == "succeed":
            done["superseded"] = {"time": time, "successor": {**successor, "batch": "0x" + successor["batch"]}}
        elif event["act"] == "suspend":
            done["suspended"] = {"since": time, "until": event["until"], "reason": reason}
        elif event["act"] == "reinstate":
            done["suspended"] = None
    return done


def gist(done):
    """10.11: what events and records must say alike."""
    successor = done["superseded"] and done["superseded"]["successor"]
    return done["revoked"] is not None, successor, done["suspended"] and (done["suspended"]["until"],)


# 11. References

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def to_reference(credential_id):
    shifted = int.from_bytes(credential_id, "big") * 1024
    number = shifted + -shifted % 1021
    digits = "".join(CROCKFORD[number >> 5 * place & 31] for place in range(11, -1, -1))
    return "-".join(digits[i : i + 4] for i in (0, 4, 8))


def decode_reference(text):
    kept = "".join(char for char in text if char not in WHITE_SPACE and char != "-")
    refuse_unless(kept.isascii(), "another alphabet")
    typed = kept.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    refuse_unless(len(typed) == 12 and all(char in CROCKFORD for char in typed), "12 characters")
    number = 0
    for char in typed:
        number = number * 32 + CROCKFORD.index(char)
    refuse_unless(number % 1021 == 0 and number % 1024 <= 1020 and number >> 58 == 0, "a character is wrong")
    return (number >> 10).to_bytes(6, "big")


# 14. Presentations


def decode_shown(data):
    """14.5: a proof, and the presentation of it or None."""
    items = decode_cbor(data)
    if isinstance(items, list) and items and isinstance(items[0], list) and items[0] and isinstance(items[0][0], list):
        return decode_presentation(items)
    return decode_proof(items), None


def decode_presentation(items):
    """14.2 and 14.3"""
    proof = decode_proof(items[0])
    refuse_unless(len(items) == 7, "a presentation has seven items")
    _, holder_key, audience, nonce, issued_at, expires_at, signature = items
    point = decode_holder_key(holder_key)
    refuse_unless(sha256(holder_key) == proof["header"]["holderKey"], "another key, or a credential that is not bound")
    Text(200).check(audience)
    refuse_unless(is_bytes(nonce, 16), "a nonce has 16 bytes")
    refuse_unless(in_range(issued_at, 0, LAST_SECOND) and in_range(expires_at, 0, LAST_SECOND), "a time")
    refuse_unless(0 < expires_at - issued_at <= 7776000, "an end before the start, or more than 90 days")
    refuse_unless(is_bytes(signature, 64), "a signature has 64 bytes")
    return proof, {
        "items": items,
        "holderKey": holder_key,
        "point": point,
        "audience": audience,
        "nonce": nonce,
        "issuedAt": issued_at,
        "expiresAt": expires_at,
        "signature": split_signature(signature, P256),
        "message": tag("P") + encode_cbor(items[:6]),
    }


def decode_holder_key(key):
    refuse_unless(is_bytes(key, 33) and key[0] in (2, 3), "a compressed key")
    point = P256.point(int.from_bytes(key[1:], "big"), key[0] == 3)
    refuse_unless(point is not None, "no point of the curve")
    return point


def normal_signature(signature):
    """14.4: the one of the two forms that the format takes."""
    refuse_unless(is_bytes(signature, 64), "a signature has 64 bytes")
    s = int.from_bytes(signature[32:], "big")
    normal = signature[:32] + uint256(P256.n - s if (P256.n - 1) // 2 < s < P256.n else s)
    split_signature(normal, P256)
    return normal


def is_signed(presentation):
    """FIPS 186-5, 6.4.2"""
    r, s = presentation["signature"]
    inverse, z = pow(s, -1, P256.n), int.from_bytes(sha256(presentation["message"]), "big")
    point = P256.sum(z * inverse % P256.n, P256.g, r * inverse % P256.n, presentation["point"])
    return point is not None and point[0] % P256.n == r


def check_holder(presentation, occasion):
    """14.6"""
    if not is_signed(presentation):
        return "HOLDER_SIGNATURE_INVALID"
    if presentation["audience"] not in occasion["audiences"]:
        return "PRESENTED_TO_OTHERS"
    if occasion["nonce"] not in (None, presentation["nonce"].hex()):
        return "NONCE_DIFFERENT"
    if occasion["now"] < presentation["issuedAt"] - 60:
        return "PRESENTATION_NOT_YET"
    return "PRESENTATION_OVER" if occasion["now"] >= presentation["expiresAt"] else "HOLDER_SIGNED"


# The vectors


class Wrong(Exception):
    """A vector does not hold."""


def same(actual, expected, what):
    if not same_json(actual, expected):
        raise Wrong(f"{what} is {str(actual)[:200]}, not {str(expected)[:200]}")


def source(value):
    return value if isinstance(value, str) else value["repeat"] * value["times"]


def unhex(text):
    return bytes.fromhex(text)


def from_diagnostic(value):
    if isinstance(value, list):
        return [from_diagnostic(item) for item in value]
    return unhex(value["bytes"]) if isinstance(value, dict) else value


def to_diagnostic(value):
    if isinstance(value, list):
        return [to_diagnostic(item) for item in value]
    return {"bytes": value.hex()} if isinstance(value, bytes) else value


def run_cbor(vector, file):
    value = decode_cbor(unhex(source(vector["cbor"])))
    same(to_diagnostic(value), vector["value"], "the value")
    same(encode_cbor(from_diagnostic(vector["value"])).hex(), vector["cbor"], "the encoding")


def run_text(vector, file):
    same(Text(1000).to_cbor(vector["text"]), vector["text"], "the text")


def run_claim_value(vector, file):
    codec = codec_of(vector["rule"])
    if "json" in vector:
        encoded = encode_cbor(codec.to_cbor(vector["json"])).hex()
        same(encoded, vector.get("cbor", encoded), "the encoding")
    if "cbor" in vector:
        decoded = codec.to_json(decode_cbor(unhex(vector["cbor"])))
        same(decoded, vector.get("json", decoded), "the value")


def run_file(vector, file):
    text = vector["text"]
    if vector["kind"] == "trust":
        decode_trust(text)
    else:
        (decode_type if vector["kind"] == "credential-type" else decode_profile)(text.encode("utf-8"))
    if "sha256" in vector:
        same(sha256(text.encode("utf-8")).hex(), vector["sha256"], "the hash")


def run_commitments(vector, file):
    seed, values, group = unhex(vector["seed"]), [decode_cbor(unhex(value)) for value in vector["values"]], vector["group"]
    refuse_unless(hash_full(group, seed, values).hex() == vector["hash"], "another hash")
    salts = [derive_salt(seed, i) for i in range(len(values))]
    same([salt.hex() for salt in salts], vector["salts"], "the salts")
    given = [commit(group, i, salt, value).hex() for i, (salt, value) in enumerate(zip(salts, values))]
    same(given, vector["commitments"], "the commitments")


def run_tree(vector, file):
    if "contents" in vector:
        same(root_of_batch([unhex(content) for content in vector["contents"]]).hex(), vector["root"], "the root")
    elif "header" in vector:
        content = hash_content(unhex(vector["shown"]), unhex(vector["rest"]), unhex(vector["header"]))
        same(content.hex(), vector["content"], "the content")
    else:
        root = root_of(unhex(vector["content"]), vector["index"], vector["size"], unhex(vector["path"]))
        refuse_unless(root.hex() == vector["root"], "another root")


def run_batch_id(vector, file):
    facts = (vector["issuer"], unhex(vector["definition"]), unhex(vector["root"]), vector["size"])
    given = batch_id(vector["chainId"], vector["address"], *facts)
    refuse_unless(given.hex() == vector["batch"], "another batch")
    refuse_unless(recover_signer(given, unhex(vector["signature"])) == vector["signer"], "another signer")


def run_proof(vector, file):
    proof = decode_proof(decode_cbor(unhex(vector["cbor"])))
    header = {name: value.hex() if isinstance(value, bytes) else value for name, value in proof["header"].items()}
    same(header, vector["header"], "the header")
    same([kind for kind, _ in proof["disclosures"]], vector["disclosures"], "the disclosures")
    for name in ("registry", "index", "size", "locator"):
        same(proof[name], vector[name], name)
    same(proof["root"].hex(), vector["root"], "the root")


def run_qr_text(vector, file):
    same(decode_qr_text(vector["text"], vector["verifiers"]).hex(), vector["cbor"], "the proof")


def run_json(vector, file):
    document, data = decode_document(source(vector["text"] if "text" in vector else vector["json"]))
    definition = file["definitions"][vector["definition"]].encode("utf-8")
    check_document(document, decode_shown(data), definition, vector["registry"])
    same(data.hex(), vector["cbor"], "the proof")


def run_disclosure(vector, file):
    if "text" in vector:
        return decode_type(vector["text"].encode("utf-8"))
    definition = decode_type(file["definitions"][vector["definition"]].encode("utf-8"))
    if "names" not in vector:
        return check_always_shown(definition, decode_proof(decode_cbor(unhex(vector["cbor"]))))
    data = select(definition, decode_proof(decode_cbor(unhex(vector["from"]))), vector["names"])
    same(data.hex(), vector["cbor"], "the selection")
    same(decode_proof(decode_cbor(data))["root"].hex(), vector["root"], "the root")


def run_presentation(vector, file):
    if "json" in vector:
        run_json(vector, file)
    elif "text" in vector:
        run_qr_text(vector, file)
    elif "signature" in vector:
        same(normal_signature(unhex(vector["signature"])).hex(), vector["normal"], "the signature")
    elif "key" in vector:
        key = decode_base64url(vector["key"])
        decode_holder_key(key)
        same([key.hex(), sha256(key).hex()], [vector["bytes"], vector["hash"]], "the key")
    else:
        proof, presentation = decode_shown(unhex(vector["cbor"]))
        refuse_unless(presentation is not None, "a proof alone")
        given = {**presentation, "proof": encode_cbor(proof["items"])}
        for name in ("proof", "holderKey", "nonce", "message"):
            same(given[name].hex(), vector.get(name, given[name].hex()), name)
        for name in ("audience", "issuedAt", "expiresAt"):
            same(given[name], vector.get(name, given[name]), name)
        same(check_holder(presentation, vector["occasion"]), vector["expect"], "the check")


def run_reference(vector, file):
    if "reference" in vector:
        same(to_reference(unhex(vector["id"])), vector["reference"], "the reference")
    given = decode_reference(vector.get("reference", vector.get("typed"))).hex()
    same(given, vector.get("id", given), "the id")


def run_reading(vector, file):
    if "call" in vector:
        given = {
            "readPage": lambda: call_data(READ_PAGE, uint256(vector["issuer"]), uint256(vector["page"])),
            "read": lambda: call_data(READ, unhex(vector["batch"])),
            "readRecords": lambda: call_data(READ_RECORDS, unhex(vector["batch"])),
            "readNotices": lambda: call_data(READ_NOTICES, uint256(vector["issuer"]), uint256(vector["credentialType"])),
            "readKeys": lambda: keys_call_data(vector["keys"]),
        }[vector["call"]]()
        same(given, vector["data"], "the call")
    elif "page" in vector:
        page = decode_page(vector["page"])
        same(page, vector.get("reading", page), "the reading")
    elif "records" in vector:
        same(decode_records(vector["records"], vector["of"], vector["of"]["blockTime"]), vector["list"], "the records")
    elif "notices" in vector:
        notices = decode_notices(vector["notices"], vector["count"], vector["blockTime"])
        same(notices, vector.get("list", notices), "the notices")
    elif "keys" in vector:
        keys = decode_keys(vector["keys"], vector["asked"])
        same([{name: key[name] for name in key if name != "issuer"} for key in keys], vector["list"], "the keys")
    else:
        same(decode_log(vector["log"]), vector["event"], "the event")


def run_nodes(vector, file):
    def ask(url, method, params):
        node = vector["nodes"][url]
        if node is None:
            raise NodeFailed("NODES_UNREACHABLE")
        table = file["tables"][node] if isinstance(node, str) else {**file["tables"][node["from"]], **node["changes"]}
        result = table.get(f"{method} {json.dumps(params, separators=(',', ':'))}")
        if result is None:
            raise NodeFailed("NODE_ANSWER_INVALID")
        return result

    question = vector.get("question", file["question"])
    registry = {**file["registry"], "nodes": list(vector["nodes"]), "agree": vector["agree"]}
    given = read_registry(registry, question["issuer"], unhex(question["batch"]), question["locator"], ask)
    same(given, vector["expect"], "the reading")


def run_snapshot(vector, file):
    pages = decode_snapshot(vector["text"])
    question = vector.get("question")
    registry = dict(file["registries"][question["registry"]])
    if question.get("capitals"):
        registry["address"] = "0x" + registry["address"][2:].upper()
    given = read_snapshot(pages, registry, question["issuer"], unhex(question["batch"]), question["locator"])
    if given and "block" in given:
        given = {"block": given["block"]["number"], "isSnapshot": True}
    same(given, vector["expect"], "the reading")


def run_verdict(vector, file):
    def load(path):
        if any(path.startswith(missing) for missing in vector["missing"]) or path not in file["files"]:
            return None
        return file["files"][path].encode("utf-8")

    reading, given = vector["reading"], vector.get("occasion", {})
    if reading is not None and "failure" not in reading:
        reading = decode_reading(reading)
    occasion = {"audiences": given.get("audiences", [file["verifier"]]), "nonce": given.get("nonce"), "now": vector["now"]}
    trust = decode_trust(json.dumps(file["trust"][vector["trust"]]))
    verdict = verify(vector["presented"], trust, file["verifier"], load, reading, occasion, vector.get("day"))
    same(verdict, vector["expect"], "the verdict")


def decode_reading(reading):
    page = decode_page(reading["page"])
    batches, types = {row["id"]: row for row in page["batches"]}, {row["number"]: row for row in page["types"]}
    events = None if reading["logs"] is None else [decode_log(log) for log in reading["logs"]]
    keys = None
    if reading["keys"] is not None:
        keys = decode_keys(reading["keys"], list(dict.fromkeys(event["key"] for event in events)))
    return {
        "block": reading["block"],
        "isSnapshot": reading["isSnapshot"],
        "page": page,
        "records": {
            batch: decode_records(text, batches[batch], page["blockTime"]) for batch, text in reading["records"].items()
        },
        "notices": {
            int(number): decode_notices(text, types[int(number)]["noticeCount"], page["blockTime"])
            for number, text in reading["notices"].items()
        },
        "events": events,
        "keys": keys,
    }


RUN = {
    "cbor": run_cbor,
    "text": run_text,
    "claim-values": run_claim_value,
    "files": run_file,
    "commitments": run_commitments,
    "trees": run_tree,
    "batch-ids": run_batch_id,
    "proofs": run_proof,
    "qr-texts": run_qr_text,
    "json": run_json,
    "disclosures": run_disclosure,
    "presentations": run_presentation,
    "references": run_reference,
    "readings": run_reading,
    "nodes": run_nodes,
    "snapshots": run_snapshot,
    "verdicts": run_verdict,
}


def find_wrong(area, kind, vector, file):
    wanted = kind == "valid" or "expect" in vector
    try:
        RUN[area](vector, file)
    except Wrong as error:
        return str(error)
    except KeyError as error:
        return f"nothing has the name {error}"
    except Refused as error:
        return f"refused: {error}" if wanted else None
    return None if wanted else "taken"


def check_hashes(text):
    """Every hash that FORMAT.md shows."""
    hashes = {"sha-256": sha256, "keccak-256": keccak256}
    steps = re.findall(r"^  message     ([0-9a-f ]+)\n  (sha-256|keccak-256) +([0-9a-f]{64})$", text, re.MULTILINE)
    for message, name, expected in steps:
        same(hashes[name](unhex(message.replace(" ", ""))).hex(), expected, f"{name} of {message}")
    texts = re.findall(r"^  text        (.+)\n  keccak-256  ([0-9a-f]{64})$", text, re.MULTILINE)
    texts += re.findall(r"^\| `(\w+\(.*\))` \| `0x([0-9a-f]+)` \|", text, re.MULTILINE)
    for message, expected in texts:
        same(keccak256(message.encode()).hex()[: len(expected)], expected, f"keccak-256 of {message}")
    if len(steps) < 19 or len(texts) < 12:
        raise Wrong("FORMAT.md does not show the hashes of its example, its calls and its events")


def check_example():
    """The example of FORMAT.md, which example.json holds too, from its bytes to its verdict."""
    example, text = json.loads((HERE / "example.json").read_text("utf-8")), FORMAT.read_text("utf-8")
    check_hashes(text)

    def printed(name):
        return re.search(rf"<!-- example-{name} -->\n```\w+\n(.*?)\n```\n<!-- /example-{name} -->", text, re.DOTALL)[1]

    def joined(name, mark):
        return printed(name).split(mark, 1)[1].partition("\n\n")[0].replace("\n", "")

    for name in ("proof", "selection", "presentation"):
        same(joined(name, "together\n"), example[name], f"the bytes of the {name}")
    for name, expected in (("claims", "claims"), ("json", "document"), ("presented-json", "presentationDocument")):
        same(json.loads(printed(name)), example[expected], f"the {expected}")
    same(printed("definition"), example["definition"], "the definition")
    same(joined("digits", f"{example['reference']}\n\n"), example["qrText"], "the text of the QR")
    sizes = re.findall(r"^bytes +(\d+)\ndigits +(\d+)$", text, re.MULTILINE)
    for (size, length), name in zip(sizes, ("qrText", "presentationQrText"), strict=True):
        digits = example[name].removeprefix(f"{example['verifier']}#")
        same([len(decode_digits(digits)), len(digits)], [int(size), int(length)], "the size")

    definition, registry = example["definition"].encode("utf-8"), example["registry"]
    data = decode_qr_text(example["qrText"], [example["verifier"]])
    same(data.hex(), example["proof"], "the proof")
    proof = decode_proof(decode_cbor(data))
    same(proof["root"].hex(), example["root"], "the root")
    given = batch_id(registry["chainId"], registry["address"], 1, sha256(definition), proof["root"], proof["size"])
    same(given.hex(), example["batch"], "the batch id")
    same(recover_signer(given, proof["signature"]), example["signer"], "the signer")
    same(to_reference(proof["header"]["id"]), example["reference"], "the reference")
    document, data = decode_document(json.dumps(example["document"], ensure_ascii=False))
    full = decode_proof(decode_cbor(data))
    check_document(document, (full, None), definition, registry)
    same(document["credentialSubject"], example["claims"], "the claims")
    same(full["root"].hex(), example["root"], "the root of the full proof")
    header, _, shown, rest = full["items"][:4]
    parts = {"shown": hash_disclosure(0, shown), "rest": hash_disclosure(1, rest), "header": encode_cbor(header)}
    for name, given in parts.items():
        same(given.hex(), example[name], f"the {name}")

    secret, key, key_hash = re.findall(r"^(?:secret key|public key|sha-256) +([0-9a-f]+)", printed("holder"), re.MULTILINE)
    x, y = P256.sum(int(secret, 16), P256.g, 0, P256.g)
    for name, given in (("FORMAT.md", key), ("example.json", example["holderKey"])):
        same((bytes([2 + y % 2]) + uint256(x)).hex(), given, f"the holder’s key in {name}")
    same(sha256(unhex(key)).hex(), key_hash, "the hash of the holder’s key")
    same(select(decode_type(definition), full, ["number", "conditions"]).hex(), example["selection"], "the selection")
    data = decode_qr_text(example["presentationQrText"], [example["verifier"]])
    same(data.hex(), example["presentation"], "the presentation")
    selection, presentation = decode_shown(data)
    same(encode_cbor(selection["items"]).hex(), example["selection"], "the proof in the presentation")
    same(presentation["message"].hex(), example["message"], "what the holder signs")
    occasion = {"audiences": [example["verifier"]], "nonce": None, "now": presentation["issuedAt"]}
    same(check_holder(presentation, occasion), "HOLDER_SIGNED", "the presentation")
    document, data = decode_document(json.dumps(example["presentationDocument"], ensure_ascii=False))
    check_document(document, decode_shown(data), definition, registry)


def main():
    failures, count = [], 1
    try:
        check_example()
    except (Wrong, Refused) as error:
        failures.append(f"the worked example: {error}")
    for path in sorted(HERE.glob("*.json")):
        if path.stem == "example":
            continue
        if path.stem not in RUN:
            failures.append(f"{path.stem}: nobody runs these")
            continue
        file = json.loads(path.read_text("utf-8"))
        for kind in ("valid", "invalid"):
            for i, vector in enumerate(file[kind]):
                count += 1
                wrong = find_wrong(path.stem, kind, vector, file)
                if wrong:
                    failures.append(f"{path.stem}, {kind} {i} ({vector.get('name', '')}): {wrong}")
    print("\n".join(failures) if failures else f"{count} vectors hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

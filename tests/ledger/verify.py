"""Verifies exports of a ledger with nothing of Plimsoll: `verify.py LEDGER.jsonl INTOTO.jsonl KEY.pem`.

The chain by hashlib and cryptography, as docs/ledger.md describes it; the envelopes by
securesystemslib, the statements in them by in-toto's own library.
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.json_format import Parse
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


def canonical(value):
    """RFC 8785, as far as records go: their numbers are whole, their keys plain."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chain(path):
    previous = "sha256:" + "0" * 64
    count = 0
    for line in open(path, encoding="utf-8"):
        entry = json.loads(line)
        content = entry["content"]
        count += 1
        assert content["seq"] == count, f"record {count} is numbered {content['seq']}"
        assert content["previous"] == previous, f"record {count} does not follow the one before it"
        digest = hashlib.sha256(canonical(content))
        previous = entry["digest"]
        assert previous == "sha256:" + digest.hexdigest(), f"record {count} has another digest"
        key = content["signer"]["key"].removeprefix("ed25519:")
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
        signature = base64.b64decode(entry["signature"])
        key.verify(signature, b"plimsoll record 1\n" + digest.digest())
    return count


def envelopes(path, pem):
    public = load_pem_public_key(open(pem, "rb").read())
    count = 0
    for line in open(path, encoding="utf-8"):
        document = json.loads(line)
        key = SSlibKey.from_crypto(public, keyid=document["signatures"][0]["keyid"])
        envelope = Envelope.from_dict(document)
        envelope.verify([key], 1)
        Statement.copy_from_pb(Parse(envelope.payload, statement_pb2.Statement())).validate()
        count += 1
    return count


if __name__ == "__main__":
    ledger, intoto, pem = sys.argv[1:]
    records = chain(ledger)
    assert records > 100 and envelopes(intoto, pem) == records

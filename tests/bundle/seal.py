"""Seals the scripts of a bundle's folder again after a test has changed them, and tells their preflights: seal.py BUNDLE [SCRIPT...]"""
import glob
import hashlib
import os
import re
import sys

ZEROS = b"0" * 64


def seal(path):
    with open(path, "rb") as f:
        text = f.read()
    digits = re.findall(rb"script_sha256=([0-9a-f]{64})", text)
    if digits:
        text = text.replace(digits[-1], ZEROS)
        new = hashlib.sha256(text).hexdigest().encode()
        with open(path, "wb") as f:
            f.write(text.replace(ZEROS, new))
        preflight = os.path.join(os.path.dirname(path), "preflight.sql")
        if os.path.basename(path) == "upgrade.sql" and os.path.exists(preflight):
            with open(preflight, "rb") as f:
                asked = f.read()
            with open(preflight, "wb") as f:
                f.write(re.sub(rb"upgrade_sha256=[0-9a-f]{64}", b"upgrade_sha256=" + new, asked))


for path in [sys.argv[1] + "/" + p for p in sys.argv[2:]] or glob.glob(sys.argv[1] + "/sql/*/*/**/*grade*.sql", recursive=True):
    seal(path)

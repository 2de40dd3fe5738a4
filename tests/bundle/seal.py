"""Seals the scripts of a bundle's folder again after a test has changed them: seal.py BUNDLE [SCRIPT...]"""
import glob
import hashlib
import re
import sys

ZEROS = b"0" * 64


def seal(path):
    with open(path, "rb") as f:
        text = f.read()
    digits = re.findall(rb"script_sha256=([0-9a-f]{64})", text)
    if digits:
        text = text.replace(digits[-1], ZEROS)
        with open(path, "wb") as f:
            f.write(text.replace(ZEROS, hashlib.sha256(text).hexdigest().encode()))


for path in [sys.argv[1] + "/" + p for p in sys.argv[2:]] or glob.glob(sys.argv[1] + "/sql/*/*/**/*grade*.sql", recursive=True):
    seal(path)

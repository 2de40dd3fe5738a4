import base64, binascii
b = 'abc, X'.encode()
result = base64.b64encode(b), base64.b64decode(base64.b64encode(b)) == b, binascii.hexlify(b), b.hex()

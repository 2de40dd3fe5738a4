import uuid
u = uuid.UUID('12345678-1234-5678-1234-567812345671')
result = u, str(u), u.hex, uuid.UUID(u.hex) == u

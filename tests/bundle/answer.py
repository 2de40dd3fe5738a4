"""answer.py ANSWER COMMAND...: runs the command on a terminal of its own, gives the answer to its first question, and ends as it does."""
import os
import pty
import sys

pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
out = b""
try:
    while b"SHA256SUMS: " not in out:
        out += os.read(fd, 4096)
    os.write(fd, sys.argv[1].encode() + b"\n")
    while piece := os.read(fd, 4096):
        out += piece
except OSError:   # the terminal is closed
    pass
sys.stdout.buffer.write(out)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

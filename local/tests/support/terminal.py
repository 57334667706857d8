"""Runs a program on a terminal of its own: terminal.py ROWS COLUMNS PROGRAM [ARGUMENT ...]

What the program shows goes to standard output, standard input is typed on its keyboard, and its exit
code is the exit code here.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

rows, columns = int(sys.argv[1]), int(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
keyboard = [sys.stdin.fileno()]
while True:
    ready, _, _ = select.select([terminal, *keyboard], [], [])
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # Linux says "input/output error" when the program has ended.
            shown = b""
        if not shown:
            break
        os.write(sys.stdout.fileno(), shown)
    if keyboard and keyboard[0] in ready:
        typed = os.read(keyboard[0], 1024)
        if typed:
            os.write(terminal, typed)
        else:
            keyboard = []
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)

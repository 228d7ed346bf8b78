#!/usr/bin/env python3
"""activate.py - what a service manager does for a socket-activated service.

    activate.py NOTIFY-LOG NAME:PORT[,NAME:PORT...] COMMAND...

Binds the ports (0: any) on 127.0.0.1, prints "NAME PORT" for each, starts
COMMAND with LISTEN_FDS, LISTEN_FDNAMES and NOTIFY_SOCKET, and appends what
arrives at that socket to NOTIFY-LOG, a line a message.  Ends with the command.
"""
import os
import signal
import socket
import sys

log, wanted, command = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
listeners = []
for item in wanted:
    name, port = item.split(":")
    s = socket.socket()
    s.bind(("127.0.0.1", int(port)))
    s.listen(64)
    print(name, s.getsockname()[1], flush=True)
    listeners.append((name, s))
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(log + ".sock")
notify.settimeout(0.2)
pid = os.fork()
if pid == 0:
    # Out of the way first: a number we want may be in use.
    high = [os.dup2(s.fileno(), 100 + i) for i, (_, s) in enumerate(listeners)]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i, inheritable=True)
        os.close(fd)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDS"] = str(len(listeners))
    os.environ["LISTEN_FDNAMES"] = ":".join(n for n, _ in listeners)
    os.environ["NOTIFY_SOCKET"] = log + ".sock"
    os.execvp(command[0], command)
signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
signal.signal(signal.SIGHUP, lambda *_: os.kill(pid, signal.SIGHUP))
status = None
with open(log, "a", encoding="ascii") as out:
    while True:
        try:
            out.write(notify.recv(4096).decode("ascii").strip() + "\n")
            out.flush()
        except socket.timeout:
            if status is not None:
                break
        if status is None:
            done, how = os.waitpid(pid, os.WNOHANG)
            if done:
                status = os.waitstatus_to_exitcode(how)
sys.exit(status if status >= 0 else 128 - status)

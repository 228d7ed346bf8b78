#!/usr/bin/env python3
"""rude.py - clients that break off, and clients that try every byte.

    rude.py reset PORT PATH      break off with a reset: after each byte of
                                 the handshake's first flight, after each byte
                                 of the request, and within the answer
    rude.py bytes gemini|gopher PORT
                                 all 256 bytes at places of a request; prints
                                 a line for each answer that is out of order
    rude.py wait PORT PATH FLAG  take 64 KB of the answer, make the file FLAG,
                                 wait until it is gone, take the rest; prints
                                 how many bytes came and whether the end was
                                 announced: "NUMBER whole|cut"
All go to 127.0.0.1 and end with status 0, or with a message.
"""
import os
import re
import socket
import ssl
import struct
import sys
import time

CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


def dial(port):
    s = socket.create_connection(("127.0.0.1", port), timeout=30)
    return s


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def first_flight():
    out = ssl.MemoryBIO()
    tls = CONTEXT.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def secure(port):
    return CONTEXT.wrap_socket(dial(port), server_hostname="localhost", suppress_ragged_eofs=False)


def do_reset(port, path):
    hello = first_flight()
    for n in range(len(hello) + 1):
        s = dial(port)
        s.sendall(hello[:n])
        reset(s)
    request = b"gemini://localhost" + path.encode() + b"\r\n"
    for n in range(len(request) + 1):
        s = secure(port)
        for i in range(n):
            s.sendall(request[i:i + 1])
        reset(s)
    for n in (1, 16, 17, 1000, 16384, 65536, 1 << 20):
        s = secure(port)
        s.sendall(request)
        got = 0
        while got < n:
            piece = s.recv(min(n - got, 65536))
            if not piece:
                sys.exit("the answer is shorter than %d bytes" % n)
            got += len(piece)
        reset(s)


def ask(port, request, plain):
    s = dial(port) if plain else secure(port)
    s.sendall(request)
    out = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            break
        out += piece
    s.close()
    return out


def do_bytes(kind, port):
    plain = kind == "gopher"
    base = b"/note.txt\r\n" if plain else b"gemini://localhost/a\r\n"
    # everywhere but in the line's end, which is a matter of patience
    places = range(len(base) - 2) if plain else (0, 9, 19)
    form = re.compile(rb"^[1-6][0-9] [^\x00-\x1f\x7f]+\r\n")
    bad = 0
    for at in places:
        for byte in range(256):
            request = base[:at] + bytes([byte]) + base[at + 1:]
            answer = ask(port, request, plain)
            if plain:
                # TLS there gets silence; a line that ends early, an answer
                good = (answer == b"") == (at == 0 and byte == 0x16) and b"\x1b" not in answer
            else:
                good = form.match(answer) and answer[:1] in b"25"
                if byte < 0x21 or byte == 0x7f:
                    good = good and answer[:2] == b"59"
            if not good:
                bad += 1
                print("place %d byte %02x: %r" % (at, byte, answer[:60]))
    sys.exit(1 if bad else 0)


def do_wait(port, path, flag):
    s = secure(port)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.sendall(b"gemini://localhost" + path.encode() + b"\r\n")
    got = 0
    while got < 65536:
        got += len(s.recv(4096))
    with open(flag, "w", encoding="ascii"):
        pass
    while os.path.exists(flag):
        time.sleep(0.05)
    end = "cut"
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                end = "whole"
                break
            got += len(piece)
    except (ssl.SSLEOFError, ConnectionResetError):
        pass
    print(got, end)


verb, args = sys.argv[1], sys.argv[2:]
if verb == "reset":
    do_reset(int(args[0]), args[1])
elif verb == "bytes":
    do_bytes(args[0], int(args[1]))
else:
    do_wait(int(args[0]), args[1], args[2])

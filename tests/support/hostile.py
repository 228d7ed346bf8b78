#!/usr/bin/env python3
"""hostile.py - a server that speaks HTTP, Gemini and Gopher badly.

    hostile.py DIR [--gemini-dir TREE]

Binds three free ports on 127.0.0.1 (HTTP on 127.0.0.1 to 127.0.0.51), prints
"http PORT", "gemini PORT", "gopher PORT" and "ready", and writes every
request it gets to DIR/requests, escaped, a line each.  The certificate
ADDRESSES in the environment names other ones for all three; the log then
says which of them was asked ("http@192.0.2.1").  The certificate
is DIR/cert.pem with DIR/key.pem; it is read anew for each connection.
What to do wrong is the path of the request; see the functions below.
/f/NAME sends DIR/f/NAME, head and all, over HTTP; /c/NAME sends it as a body
with an ETag of its own, and 304 to who has that; gopher and gemini send it
as it is.
With --gemini-dir the files of TREE are served where no function is.
"""
import gzip
import hashlib
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

FEED = (b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        b"<title>Trial</title><link>http://a.example/</link><item><title>One"
        b"</title><guid>1</guid></item></channel></rss>\n")
ETAG = 'W/"odd, \\"tag; \t x"'.replace("\t", " ")
MODIFIED = "Tue,  3 Feb 2026 04:05:06 +0000"
DIR = sys.argv[1]
TREE = sys.argv[3] if len(sys.argv) > 3 else None
ADDRESSES = os.environ.get("ADDRESSES", "").split()
LOCK = threading.Lock()


def log(kind, sock, raw):
    if ADDRESSES:
        kind += "@" + sock.getsockname()[0]
    with LOCK, open(os.path.join(DIR, "requests"), "a", encoding="ascii") as f:
        f.write(kind + " " + raw.decode("latin-1").encode("unicode_escape").decode("ascii") + "\n")


def read_until(sock, end, most=65536):
    data = b""
    while end not in data and len(data) < most and data[:1] != b"\x16":
        got = sock.recv(4096)
        if not got:
            break
        data += got
    return data


def scripted(name):
    """The bytes of DIR/f/NAME, None when the path is none of those."""
    kind, _, rest = name.partition("/")
    path = os.path.join(DIR, "f", rest)
    if kind not in ("f", "c") or "/" in rest or not os.path.isfile(path):
        return None
    with open(path, "rb") as f:
        return f.read()


# --- HTTP ---

def answer(sock, lines, body=b"", length=True):
    head = "HTTP/1.1 " + lines[0] + "\r\n"
    if length:
        head += "Content-Length: %d\r\n" % len(body)
    head += "".join(x + "\r\n" for x in lines[1:]) + "Connection: close\r\n\r\n"
    sock.sendall(head.encode("latin-1") + body)


def feed(sock, *lines):
    answer(sock, ["200 OK", "Content-Type: application/rss+xml", *lines], FEED)


def forever(sock, piece, wait=0.0):
    while True:
        sock.sendall(piece)
        if wait:
            time.sleep(wait)


def layers(n):
    data = bytes(64 << 20)
    for _ in range(n):
        data = gzip.compress(data, 9, mtime=0)
    return data


def http(sock, raw):
    target = raw.split(b" ")[1].decode("latin-1")
    path, _, query = target.partition("?")
    headers = {}
    for line in raw.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        headers[name.strip().lower().decode("latin-1")] = value[1:].decode("latin-1")
    name = path[1:]
    if scripted(name) is not None:
        body = scripted(name)
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:12]
        if name[0] == "f":
            sock.sendall(body)
        elif headers.get("if-none-match") == tag:
            answer(sock, ["304 Not Modified", "ETag: " + tag], b"", False)
        else:
            answer(sock, ["200 OK", "ETag: " + tag], body)
    elif name == "late":
        time.sleep(1.5)
        feed(sock)
    elif name == "exact":
        # a client that touches a byte of either gets the whole again
        if headers.get("if-none-match") == ETAG and headers.get("if-modified-since") == MODIFIED:
            answer(sock, ["304 Not Modified", "ETag: " + ETAG, "Cache-Control: max-age=7200"], b"", False)
        else:
            feed(sock, "ETag: " + ETAG, "Last-Modified: " + MODIFIED)
    elif name == "always304":
        answer(sock, ["304 Not Modified"], b"", False)
    elif name.startswith("r/"):
        answer(sock, [name[2:] + " Moved", "Location: " + urllib.parse.unquote(query)], b"moved")
    elif name.startswith("s/"):
        code, _, retry = name[2:].partition("/")
        extra = ["Retry-After: " + urllib.parse.unquote(retry)] if retry else []
        answer(sock, [code + " Thing"] + extra, b"<html>error</html>")
    elif name == "self":
        answer(sock, ["302 Found", "Location: /self"])
    elif name == "nolocation":
        answer(sock, ["302 Found"])
    elif name == "badlocation":
        answer(sock, ["302 Found", "Location: http://a.example/\x01x"])
    elif name.startswith("chain/"):
        n = int(name[6:])
        if n:
            answer(sock, ["308 Moved", "Location: /chain/%d" % (n - 1)])
        else:
            feed(sock)
    elif name == "expires":
        feed(sock, "Date: Thu, 01 Jan 2026 00:00:00 GMT", "Expires: Thu, 01 Jan 2026 05:00:00 GMT")
    elif name == "early":
        sock.sendall(b"HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\nLocation: /no\r\n\r\n")
        feed(sock, 'ETag: "late"')
    elif name == "gzip":
        answer(sock, ["200 OK", "Content-Encoding: gzip"], gzip.compress(FEED))
    elif name == "cutgzip":
        answer(sock, ["200 OK", "Content-Encoding: gzip"], gzip.compress(FEED)[:-20], False)
    elif name == "bomb1":
        answer(sock, ["200 OK", "Content-Encoding: gzip"], layers(1))
    elif name == "bomb3":
        answer(sock, ["200 OK", "Content-Encoding: gzip, gzip, gzip"], layers(3))
    elif name == "bomb3lines":
        answer(sock, ["200 OK"] + ["Content-Encoding: gzip"] * 3, layers(3))
    elif name == "te":
        answer(sock, ["200 OK", "Transfer-Encoding: gzip"], layers(2), False)
    elif name == "br":
        answer(sock, ["200 OK", "Content-Encoding: br"], b"\x0b\x02\x80hello\x03")
    elif name == "emptygzip":
        # gzip members that hold nothing, for ever: no output to count
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        forever(sock, gzip.compress(b"", mtime=0) * 1000)
    elif name == "cut":
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + FEED)
    elif name == "cuterror":
        sock.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\nshort")
    elif name == "bigerror":
        sock.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        forever(sock, b"x" * 65536)
    elif name == "endless":
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        forever(sock, b"x" * 65536)
    elif name == "endlesschunks":
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        forever(sock, b"10000\r\n" + b"x" * 65536 + b"\r\n")
    elif name == "endlesshead":
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        forever(sock, b"X-More: " + b"y" * 2000 + b"\r\n")
    elif name == "drip":
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        forever(sock, b"x", 0.2)
    elif name == "driphead":
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        forever(sock, b"h", 0.2)
    elif name == "silent":
        time.sleep(60)
    elif name == "reset":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif name == "headers":
        answer(sock, ["200 OK", 'ETag: "' + "e" * 600 + '"', "Last-Modified: a\x01b",
                      "Content-Type: text/xml; \x1b[31m", "Set-Cookie: a=b"], FEED)
    elif name == "cookie":
        feed(sock, "Set-Cookie: id=1; Path=/")
    else:
        feed(sock)


# --- Gemini ---

def gemini(sock, raw):
    url = urllib.parse.urlsplit(raw.rstrip(b"\r\n").decode("latin-1"))
    name = url.path[1:]
    if scripted(name) is not None:
        sock.sendall(scripted(name))
        return True
    if name == "nonotify":
        sock.sendall(b"20 text/gemini\r\n# cut")
        return False
    if name == "headonly":
        sock.sendall(b"20 text/gem")
        return False
    if name == "nothing":
        return True
    if name.startswith("meta/"):
        sock.sendall(b"51 " + b"m" * int(name[5:]) + b"\r\n")
    elif name == "endlessmeta":
        forever(sock, b"20 " * 1000)
    elif name == "lf":
        sock.sendall(b"20 text/gemini\n# Hi\n")
    elif name == "control":
        sock.sendall(b"51 \x1b[31mred\x07\r\n")
    elif name == "http":
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    elif name.startswith("r/"):
        sock.sendall(b"%s %s\r\n" % (name[2:].encode(), urllib.parse.unquote(url.query).encode()))
    elif name.startswith("s/"):
        sock.sendall(b"%s %s\r\n" % (name[2:].encode(), urllib.parse.unquote(url.query).encode()))
    elif name.startswith("chain/"):
        n = int(name[6:])
        sock.sendall(b"31 /chain/%d\r\n" % (n - 1) if n else b"20 text/gemini\r\n# End\n")
    elif name == "endless":
        sock.sendall(b"20 text/gemini\r\n")
        forever(sock, b"x" * 16384)
    elif name == "drip":
        sock.sendall(b"20 text/gemini\r\n")
        forever(sock, b"x", 0.2)
    elif name == "silent":
        time.sleep(60)
    elif name == "latin":
        sock.sendall(b"20 text/gemini; charset=iso-8859-1\r\n# caf\xe9\n")
    elif name.startswith("maze/"):
        # every page links to two more, for ever
        n = int(name[5:] or 0)
        sock.sendall(b"20 text/gemini\r\n# Day %d\n=> %d next\n=> %d other\n" % (n, n * 2 + 1, n * 2 + 2))
    elif TREE is not None:
        tree(sock, urllib.parse.unquote(name))
    else:
        sock.sendall(b"20 text/gemini\r\n# Trial\n\n## 2026\n\n=> one.gmi 2026-01-02 One\n")
    return True


def tree(sock, name):
    full = os.path.join(TREE, name)
    if os.path.isdir(full):
        full = os.path.join(full, "index.gmi")
    if os.path.exists(full + ".status"):
        with open(full + ".status", "rb") as f:
            sock.sendall(f.read().strip() + b"\r\n")
        os.unlink(full + ".status")
        return
    if not os.path.isfile(full):
        sock.sendall(b"51 Not here\r\n")
        return
    kind = {".gmi": b"text/gemini", ".txt": b"text/plain", ".tsv": b"text/tab-separated-values"}
    with open(full, "rb") as f:
        sock.sendall(b"20 %s\r\n" % kind.get(os.path.splitext(full)[1], b"application/octet-stream") + f.read())


# --- Gopher ---

def gopher(sock, raw):
    name = raw.rstrip(b"\r\n").decode("latin-1")
    if scripted(name[1:]) is not None:
        sock.sendall(scripted(name[1:]))
    elif name == "/note":
        sock.sendall(b"A note\r\nof two lines\r\n.\r\n")
    elif name == "/error":
        sock.sendall(b"3Not here, sorry\t\terror.host\t1\r\n.\r\n")
    elif name == "/empty":
        pass
    elif name == "/endless":
        forever(sock, b"x" * 65536)
    elif name == "/drip":
        forever(sock, b"x", 0.2)
    elif name == "/reset":
        sock.sendall(b"iHalf")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        sock.sendall(b"iTrial\t\tnull.host\t1\r\n0 2026-01-02 One\t/one\t127.0.0.1\t70\r\n.\r\n")


# --- plumbing ---

def serve_http(sock):
    raw = read_until(sock, b"\r\n\r\n")
    if raw:
        log("http", sock, raw)
        http(sock, raw)


def serve_gemini(sock):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(DIR, "cert.pem"), os.path.join(DIR, "key.pem"))
    sock = context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
    try:
        raw = read_until(sock, b"\r\n", 2048)
        log("gemini", sock, raw)
        if raw and gemini(sock, raw):
            sock.settimeout(2)
            sock.unwrap()
    finally:
        sock.close()


def serve_gopher(sock):
    raw = read_until(sock, b"\r\n", 2048)
    log("gopher", sock, raw)
    if raw[:1] == b"\x16":
        return
    gopher(sock, raw)


def guard(serve, sock):
    try:
        serve(sock)
    except (OSError, ValueError, IndexError):
        pass
    try:
        sock.close()
    except OSError:
        pass


def accept(listener, serve):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=guard, args=(serve, sock), daemon=True).start()


def listen(name, serve, addresses):
    port = 0
    for a in addresses:
        s = socket.socket(socket.AF_INET6 if ":" in a else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((a, port))
        s.listen(256)
        port = s.getsockname()[1]
        threading.Thread(target=accept, args=(s, serve), daemon=True).start()
    print(name, port, flush=True)


listen("http", serve_http, ADDRESSES or ["127.0.0.%d" % i for i in range(1, 52)])
listen("gemini", serve_gemini, ADDRESSES or ["127.0.0.1"])
listen("gopher", serve_gopher, ADDRESSES or ["127.0.0.1"])
print("ready", flush=True)
threading.Event().wait()

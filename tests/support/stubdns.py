#!/usr/bin/env python3
"""stubdns.py - a name server that says what the test wants.

    stubdns.py ADDRESS RULES

Listens on ADDRESS port 53 (UDP) and prints "ready".  RULES is a file, a
name a line: NAME ANSWER[,ANSWER...] [LATER[,LATER...]].  The first query
for addresses of a kind gets the first answers, all later ones LATER when
it is there.  A name that is not there does not exist.
"""
import ipaddress
import socket
import struct
import sys

RULES = {}
with open(sys.argv[2], encoding="ascii") as f:
    for line in f:
        words = line.split()
        RULES[words[0]] = [[ipaddress.ip_address(a) for a in w.split(",")] for w in words[1:]]
SEEN = set()


def name_of(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    return ".".join(labels), at + 1


def answer(query):
    name, at = name_of(query)
    kind = struct.unpack("!H", query[at:at + 2])[0]
    question = query[12:at + 4]
    rule = RULES.get(name)
    if rule is None:
        return query[:2] + struct.pack("!5H", 0x8183, 1, 0, 0, 0) + question
    list_ = rule[-1] if (name, kind) in SEEN else rule[0]
    SEEN.add((name, kind))
    records = b""
    n = 0
    for a in list_:
        if kind == {4: 1, 6: 28}[a.version]:
            records += b"\xc0\x0c" + struct.pack("!2HIH", kind, 1, 0, len(a.packed)) + a.packed
            n += 1
    return query[:2] + struct.pack("!5H", 0x8180, 1, n, 0, 0) + question + records


s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 53))
print("ready", flush=True)
while True:
    data, peer = s.recvfrom(512)
    try:
        s.sendto(answer(data), peer)
    except (IndexError, struct.error, KeyError):
        pass

#!/usr/bin/env python3
"""Writes gemtext/entities.inc from Python's table of the HTML standard."""
from html.entities import html5

print("/* The named character references of the HTML standard, sorted; made by\n"
      " * tests/support/entities.py. */")
print("static const struct {\n\tconst char\t*name;\n\tconst char\t*text;\n} entities[] = {")
for name, text in sorted(html5.items()):
    print('\t{ "%s", "%s" },' % (name, "".join("\\x%02x" % b for b in text.encode())))
print("};")

"""Makes the files of this folder: texts that break rules or that make parsers work. Run in this folder."""

import gzip
import json
import pathlib
import random
import struct
import zipfile
import zlib


def write(name, content, problem=None, **expected):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    pathlib.Path(name).write_bytes(data)
    expected = {"problem": problem} if problem else {"made_by": "make.py", **expected}
    pathlib.Path(name + ".expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


noise = random.Random(1)


def binaries():
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pixels = b"".join(b"\0" + noise.randbytes(96) for _ in range(32))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    write("picture.txt", png, "damaged")
    write("picture.md", png, "damaged")
    write("program.py", b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQ", 3, 62, 1, 0x1040, 64, 0) + noise.randbytes(2000), "damaged")
    write("noise.csv", noise.randbytes(3000), "damaged")
    write("noise.json", noise.randbytes(3000), "damaged")
    write("noise.eml", noise.randbytes(3000), "damaged")
    write("packed.rst", gzip.compress(noise.randbytes(2000)), "damaged")
    write("database.adoc", b"SQLite format 3\0\x10\0\1\1\0\x40\x20\x20" + bytes(1000) + noise.randbytes(1000), "damaged")
    write("zeros.txt", bytes(4096), "damaged")
    with zipfile.ZipFile("archive.txt", "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), "text")
    write("archive.txt", pathlib.Path("archive.txt").read_bytes(), "unsupported")


def blanks():
    write("empty.txt", "", "no_text")
    write("mark-alone.md", b"\xef\xbb\xbf\r\n", "no_text")
    write("commas.csv", ",,,\n" * 50, "no_text")
    write("comments.rst", ".. only\n   a comment\n\n.. toctree::\n\n   a\n", "no_text")
    write("open-condition.adoc", "ifdef::never[]\n= Title\n\nText\n", "no_text")
    write("odd-cells.ipynb", json.dumps({"cells": [1, None, "x", [], {"cell_type": 3, "source": 4}, {"cell_type": "code", "outputs": {"a": 1}}]}), "no_text")


def values():
    write("deep.json", "[" * 50_000, "too_large")
    write("deep-closed.json", '{"a":' * 5_000 + "1" + "}" * 5_000, "too_large")
    write("truncated.json", '{"a": [1, 2, {"b": "c', "damaged")
    write("not-a-number.json", '{"a": NaN}', "damaged")
    write("surrogate.json", r'{"a": "\ud800"}', "damaged")
    value = [{"leaf": str(number), "x": {"y": 1}} for number in range(100)]
    for level in range(90):
        value = {f"{level:0300}": value}
    write("long-paths.json", json.dumps(value), "too_large")
    write("many-paths.json", json.dumps([[[]]] * 5_000 + ["end"]), contains=["[5000]: end"])
    write("truncated.ipynb", '{"cells": [{"cell_type": "markdown", "source": ["# A', "damaged")
    write("no-cells.ipynb", '{"nbformat": 4}', "damaged")
    write("open-fence.ipynb", json.dumps({"cells": [{"cell_type": "markdown", "source": "```\nopen"}, {"cell_type": "markdown", "source": "# After"}]}), headings=["# After"], contains=["open\n```\n\n# After"])


def tables():
    write("open-quote.csv", 'a,b\n"1,2\n3,4\n5,6\n', contains=["| 3 | 4 |", "| 5 | 6 |"])
    write("far-columns.csv", "a" + "," * 20_000 + "b\nc" + "," * 16_000 + "d\n", contains=["| a |\n| --- |\n| c |", "d"])
    write("diagonal.csv", "".join("," * (2 * row) + "x\n" for row in range(220)), contains=["x"])
    write("wide-rows.csv", "," .join(["x"] * 10_000) + "\n" + "y\n" * 200, "too_large")
    write("grid-borders.rst", ("+-" * 900 + "+\n" + "| " * 900 + "|\n") * 10 + "+-" * 900 + "+\n", contains=["+-+-"])
    write("open-tables.rst", "=== ===\nx\n\n" * 4_000, contains=["x"])
    write("repeats.adoc", "|===\n" + "1000*|" + "x" * 50 + "\n" + "1000*|y\n" * 1_000 + "|===\n", "too_large")
    write("row-spans.adoc", "[cols=1000*]\n|===\n" + " .1000+|x" * 1000 + "\n" + ".99999999999999999999+|z\n|===\n", "too_large")


def markup():
    write("repeated-name.rst", ".. |a| replace:: " + "x" * 20_000 + "\n\n" + "|a| " * 8_000 + "\n", "too_large")
    write("repeated-name.adoc", ":a: " + "x" * 20_000 + "\n\n" + "{a} " * 8_000 + "\n", "too_large")
    write("open-marks.rst", "*a `b **c ``d |e :f:`g [h " * 2_000, contains=["c"])
    write("open-marks.adoc", "*a _b `c #d <<e ((f [[g +h x^i link:j[k " * 1_400, contains=["k"])
    write("colons.rst", ":a" * 20_000 + "\n\n" + "::\n" * 5_000, contains=[":a:a"])
    write("deep-quotes.rst", "".join(" " * depth + "x\n\n" for depth in range(330)), contains=["x"])
    write("deep-lists.rst", "- " * 25_000 + "end\n", contains=["end"])
    write("deep-blocks.adoc", "".join("=" * (4 + depth) + "\n" for depth in range(300)) + "text\n", "no_text")
    write("deep-lists.adoc", "".join("*" * (depth % 5 + 1) + " x\n" for depth in range(5_000)), contains=["- x"])
    write("fences.md", "`" * 50_000, contains=["`"])
    write("fence.rs", "//" + "`" * 20_000 + "\nfn main() {}\n", contains=["fn main"])


def messages():
    head = "From: a@x.example\r\nSubject: nested\r\nDate: Fri, 31 May 2024 10:15:00 +0200\r\n"
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n" for level in range(700))
    write("deep-parts.eml", head + parts + "\r\ntext\r\n", "too_large")
    write("deep-messages.eml", head + "Content-Type: message/rfc822\r\n\r\nFrom: a@x.example\r\n" * 800 + "\r\ntext\r\n", "too_large")
    write("no-header.eml", "This is a letter.\n\nIt has no header.\n", "damaged")
    write("encrypted.eml", head + 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--\r\n', "encrypted")
    write("enveloped.eml", head + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n", "encrypted")
    write("broken-base64.eml", head + "Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n!!! not base64 \x01\x02 ===\r\n", contains=["# nested"])
    write("deep-html.eml", head + "Content-Type: text/html\r\n\r\n" + "<div>" * 9_000 + "text", contains=["# nested"])
    write("dates.eml", "From: <<<<@>>>, ;;:(((\r\nSubject: =?x?q?=99?= =?utf-8?b?////?=\r\nDate: Fri, 99 Foo 99999999999999999999 99:99:99 +999999\r\nTo: a:b:c;d,,,\r\n\r\ntext of it\r\n", contains=["text of it"])
    write("open-boundary.eml", head + "Content-Type: multipart/alternative; boundary=\"\"\r\n\r\n----\r\n\r\n--\r\ntext of it\r\n", contains=["# nested"])


for make in (binaries, blanks, values, tables, markup, messages):
    make()

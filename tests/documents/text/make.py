"""Makes the files of this folder. Needs pandoc, asciidoctor, git and nbformat. Run in this folder."""

import csv
import email.message
import email.policy
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile

import nbformat.v4 as v4

PANDOC = "pandoc 2.17"


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, check=True, text=True, encoding="utf-8").stdout


def write(name, content, made_by, words=None, **expected):
    """Writes a file with what it must yield; `words` is its text."""
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    pathlib.Path(name).write_bytes(data)
    if words is not None:
        pathlib.Path(name + ".txt").write_text(words, encoding="utf-8")
        expected["words"] = name + ".txt"
    expected = {"made_by": made_by, **expected}
    pathlib.Path(name + ".expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def plain(text, reader):
    return run("pandoc", "-f", reader, "-t", "plain", "--wrap=none", stdin=text)


def headings(text):
    return [line for line in text.splitlines() if re.match(r"#+ ", line)]


HANDBOOK = pathlib.Path("handbook.source").read_text(encoding="utf-8")


def from_markdown():
    words = plain(HANDBOOK, "markdown")
    found = headings(HANDBOOK)
    contains = ["```python\ndef interval(year):", "| Paraffin | 36 l | 41.40 |"]
    rst = run("pandoc", "-f", "markdown", "-t", "rst", stdin=HANDBOOK)
    write("handbook.rst", rst, PANDOC, words, headings=found, contains=contains)
    adoc = run("pandoc", "-f", "markdown", "-t", "asciidoctor", "--shift-heading-level-by=1", stdin=HANDBOOK)
    write("handbook.adoc", adoc, PANDOC, words, headings=["#" + heading for heading in found], contains=contains)
    notebook = run("pandoc", "-f", "markdown", "-t", "ipynb", stdin=HANDBOOK)
    write("handbook.ipynb", notebook, PANDOC, words, headings=found, f1=0.93)


def from_hand():
    """Files that were written by hand, with checks in `by-hand.json`."""
    for name, checks in json.loads(pathlib.Path("by-hand.json").read_text(encoding="utf-8")).items():
        path = pathlib.Path(name)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".adoc":
            html = run("asciidoctor", "-a", "showtitle", "-a", "toc!", "-a", "sectnums!", "-a", "icons!", "-e", "-o", "-", "-", stdin=text)
            words = plain(html, "html")
            by = "by hand; words by asciidoctor 2.0 and " + PANDOC
        else:
            words = plain(text, "rst")
            by = "by hand; words by " + PANDOC
        write(path.name, text, by, words, **checks)


def notebooks():
    notebook = v4.new_notebook(metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}})
    table = "   year  visitors\n0  1871        12\n1  1872        40"
    notebook.cells = [
        v4.new_markdown_cell("# Visitors of the lighthouse\n\nThe log books of **1871** and 1872, counted by hand."),
        v4.new_code_cell("import pandas as pd\n\nvisitors = pd.read_csv('visitors.csv')\nvisitors.head()", outputs=[
            v4.new_output("execute_result", {"text/plain": table, "text/html": "<table><tr><td>1871</td></tr></table>"}, execution_count=1)]),
        v4.new_markdown_cell("## Trend\n\nVisits tripled within a year."),
        v4.new_code_cell("visitors.plot()", outputs=[v4.new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"})]),
        v4.new_code_cell("for year in visitors.year:\n    print(year)", outputs=[v4.new_output("stream", name="stdout", text="1871\n1872\n")]),
        v4.new_code_cell("1 / 0", outputs=[v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=["\x1b[0;31mZeroDivisionError\x1b[0m"])]),
        v4.new_raw_cell("\\newpage"),
    ]
    words = "\n".join([notebook.cells[0].source, notebook.cells[1].source, table, notebook.cells[2].source, "visitors.plot()", notebook.cells[4].source,
                       "1871 1872", "1 / 0", "ZeroDivisionError division by zero", "newpage"])
    cell = lambda number: {"cell": number}
    write("visitors.ipynb", json.dumps(notebook, indent=1), "nbformat 5.11", words, headings=["# Visitors of the lighthouse", "## Trend"],
          contains=["```python\nimport pandas as pd", "```\nZeroDivisionError: division by zero\n```"], lacks=["Figure size", "<table>", "iVBOR"], notes=["pictures left out: 1"],
          places=[["log books", cell(1)], ["pd.read_csv", cell(2)], ["0  1871", cell(2)], ["Visits tripled", cell(3)], ["for year", cell(5)], ["newpage", cell(7)]])
    old = {"metadata": {"name": "tides", "language": "python"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Tides at Skerry Rock"]},
        {"cell_type": "markdown", "metadata": {}, "source": ["Heights are in *metres* above\n", "chart datum."]},
        {"cell_type": "code", "collapsed": False, "input": ["print max(heights)"], "language": "python", "metadata": {}, "prompt_number": 3,
         "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["4.2\n"]}, {"output_type": "pyout", "prompt_number": 3, "metadata": {}, "text": ["4.2"]}]}]}]}
    write("tides-v3.ipynb", json.dumps(old, indent=1), "by hand, as nbformat 3 wrote it", "Tides at Skerry Rock Heights are in metres above chart datum. print max(heights) 4.2 4.2",
          headings=["# Tides at Skerry Rock"], contains=["```python\nprint max(heights)\n```"], places=[["chart datum", cell(2)], ["4.2", cell(3)]])


def table(rows, encoding="utf-8", **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(rows)
    return text.getvalue().encode(encoding)


def tables():
    by = "Python 3.11, csv"
    row = lambda number, column=1: {"sheet": {"name": "", "row": number, "column": column}}
    words = lambda rows: "\n".join(" ".join(map(str, row)) for row in rows)
    stock = [["Item", "Store", "Quantity", "Note"], ["Wick, cotton", "cellar", 24, "trim to 5 mm\nevery evening"], ["Paraffin", "shed", 36, 'called "the oil"'], ["Mantle", "", 7, ""]]
    write("stock.csv", table(stock), by, words(stock), contains=["| Item | Store | Quantity | Note |", "| Wick, cotton | cellar | 24 | trim to 5 mm every evening |", "| Mantle | | 7 | |"],
          places=[["| Item", row(1)], ["Paraffin", row(1)]])
    german = [["Leuchtfeuer", "Höhe", "Tragweite", "Eröffnet"], ["Süderoog", "12,5", "9,8", "1871"], ["Großer Vogelsand", "39,0", "25,0", "1975"], ["Weiße Düne", "7,2", "4,1", "1902"]]
    write("leuchtfeuer-cp1252.csv", b"sep=;\r\n" + table(german, "cp1252", delimiter=";"), by, words(german), contains=["| Großer Vogelsand | 39,0 | 25,0 | 1975 |"], lacks=["sep="],
          places=[["| Leuchtfeuer", row(2)]])
    japanese = [["灯台", "所在地", "高さ"], ["犬吠埼灯台", "千葉県銚子市", "31.3"], ["出雲日御碕灯台", "島根県出雲市", "43.65"], ["角島灯台", "山口県下関市", "29.6"]]
    write("toudai-sjis.csv", table(japanese, "shift_jis"), by, words(japanese), contains=["| 犬吠埼灯台 | 千葉県銚子市 | 31.3 |"])
    russian = [["Маяк", "Море", "Год постройки"], ["Осиновецкий", "Ладожское озеро", "1910"], ["Толбухин", "Балтийское море", "1719"], ["Святоносский", "Баренцево море", "1862"]]
    write("mayaki-koi8r.tsv", table(russian, "koi8-r", dialect="excel-tab"), by, words(russian), contains=["| Толбухин | Балтийское море | 1719 |"])
    write("stock-utf16.tsv", "\ufeff".encode("utf-16-le") + table(stock, "utf-16-le", dialect="excel-tab"), by, words(stock), contains=["| Paraffin | shed | 36 | called \"the oil\" |"])
    report = [["Harbour report"], ["Made on", "2024-05-31"], [], ["Ship", "Tons"], ["Aurora", "310"], ["Bellona", "275"]]
    write("report-bom.csv", b"\xef\xbb\xbf" + table(report), by, words(report), contains=["| Ship | Tons |\n| --- | --- |\n| Aurora | 310 |"], places=[["Harbour", row(1)], ["| Ship", row(4)]])
    lights = [["name", "range", "colour"]] + [[f"Light {number}", f"{number + 4} nm", ["white", "red, green"][number % 2]] for number in range(1, 30)]
    write("lights-pipe.csv", table(lights, delimiter="|", lineterminator="\n"), by, words(lights), contains=["| Light 29 | 33 nm | red, green |"])


def values():
    by = "Python 3.11, json"
    package = {"name": "lamp-log", "version": "2.1.0", "description": "Reads the log of a lamp.", "private": False, "keywords": ["lighthouse", "log"],
               "author": {"name": "Ada Holm", "email": "ada@lights.example"}, "repository": {"type": "git", "url": "https://lights.example/lamp-log.git"}, "engines": {"node": ">=18"},
               "scripts": {"build": "tsc -p .", "test": "node --test"}, "dependencies": {"luxon": "^3.4.4"}, "files": [], "funding": None}
    words = ("name: lamp-log version: 2.1.0 description: Reads the log of a lamp. private: false keywords: lighthouse, log author author.name: Ada Holm author.email: ada@lights.example "
             "repository repository.type: git repository.url: https://lights.example/lamp-log.git engines engines.node: >=18 scripts scripts.build: tsc -p . scripts.test: node --test "
             "dependencies dependencies.luxon: ^3.4.4")
    write("package.json", json.dumps(package, indent=2), by, words, contains=["- author.email: ada@lights.example", "- keywords: lighthouse, log"], headings=["# author", "# repository", "# engines", "# scripts", "# dependencies"])
    keepers = [{"id": 1, "name": "Ada Holm", "from": 1871, "to": 1890}, {"id": 2, "name": "Björn Dahl", "from": 1890, "to": None, "posts": [{"rock": "Skerry", "years": [1890, 1895]}]}]
    write("keepers.json", json.dumps(keepers, ensure_ascii=True), by, "[0] id 1 name Ada Holm from 1871 to 1890 [1] [1].id 2 [1].name Björn Dahl [1].from 1890 [1].posts[0].rock Skerry [1].posts[0].years 1890 1895",
          contains=["- [0]: id: 1; name: Ada Holm; from: 1871; to: 1890", "- [1].posts[0].years: 1890, 1895"])
    events = [{"time": f"1871-05-{day:02}T21:04:00Z", "event": "lamp lit", "oil": {"used_l": day / 10}} for day in range(1, 8)]
    write("events.jsonl", "".join(json.dumps(event) + "\n" for event in events), by,
          " ".join(f"Line {line} time: {event['time']} event: lamp lit oil.used_l: {event['oil']['used_l']}" for line, event in enumerate(events, 1)),
          headings=[f"# Line {line}" for line in range(1, 8)], contains=["- time: 1871-05-03T21:04:00Z"])


def message(subject, sender, to, **more):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["Subject"], made["From"], made["To"], made["Date"] = subject, sender, to, "Fri, 31 May 2024 10:15:00 +0200"
    made["Message-ID"] = "<1@lights.example>"
    for name, value in more.items():
        made[name] = value
    return made


def messages():
    by = "Python 3.11, email"
    text = "Dear Björn,\n\nthe oil for Skerry Rock arrives on Tuesday.\nPlease bring:\n\n- two cans\n- the ledger\n\n-- \nAda\n"
    made = message("Öl für Skerry Rock", "Ada Holm <ada@lights.example>", "Björn Dahl <bjorn@lights.example>, stores@lights.example", Cc="log@lights.example")
    made.set_content(text)
    made.add_alternative("<html><body><p>Dear Björn,</p><p>the oil for Skerry Rock arrives on Tuesday.</p></body></html>", subtype="html")
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Lieferschein Öl.pdf")
    head = "From: Ada Holm <ada@lights.example> To: Björn Dahl <bjorn@lights.example>, stores@lights.example Cc: log@lights.example Date: Fri, 31 May 2024 10:15:00 +0200 "
    write("oil.eml", made.as_bytes(), by, "Öl für Skerry Rock " + head + text, title="Öl für Skerry Rock", headings=["# Öl für Skerry Rock"], notes=["Lieferschein Öl.pdf"],
          contains=["- From: Ada Holm <ada@lights.example>", "\\- two cans"])
    reply = "On Fri, 31 May 2024, Ada Holm wrote:\n> the oil arrives on Tuesday.\n> Please bring two cans.\n\nI will. The ledger is with the inspector.\n\nBjörn\n"
    made = message("Re: Oil", "bjorn@lights.example", "ada@lights.example")
    made.set_content(reply, charset="iso-8859-1", cte="quoted-printable")
    write("reply-latin1.eml", made.as_bytes(), by, "Re: Oil From: bjorn@lights.example To: ada@lights.example Date: Fri, 31 May 2024 10:15:00 +0200 " + reply,
          contains=["> the oil arrives on Tuesday.\n> Please bring two cans."])
    raw = ("From: =?koi8-r?B?4dfE2A==?= <keeper@mayak.example>\r\nTo: all@mayak.example\r\nSubject: =?koi8-r?B?7cHRyw==?=\r\nDate: Mon, 3 Jun 2024 08:00:00 +0300\r\n\r\n").encode() + \
        "Маяк на Святом Носу снова работает после ремонта.\r\nСмотритель просит прислать керосин и новые фитили до осени.\r\n".encode("koi8-r")
    write("mayak-8bit.eml", raw, "by hand, as old programs send it", None, contains=["Маяк на Святом Носу снова работает", "# Маяк"])
    rows = "".join(f"<tr><td>{name}</td><td>{price}</td></tr>" for name, price in [("Wick", "1.20"), ("Mantle", "3.50")])
    html = f"<html><head><style>p {{color: red}}</style></head><body><h2>News of the lamp</h2><p>Our spring offers are here, with free delivery to every rock and skerry.</p><table><tr><th>Item</th><th>Price</th></tr>{rows}</table><p>You get this mail because you keep a light.</p></body></html>"
    made = message("Spring offers", "shop@lamps.example", "ada@lights.example")
    made.set_content("Your program cannot show HTML.")
    made.add_alternative(html, subtype="html")
    made.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png")
    write("newsletter.eml", made.as_bytes(), by, "Spring offers From: shop@lamps.example To: ada@lights.example Date: Fri, 31 May 2024 10:15:00 +0200 " + plain(html, "html"),
          headings=["# Spring offers", "## News of the lamp"], contains=["| Wick | 1.20 |"], lacks=["cannot show", "color"])
    with tempfile.TemporaryDirectory() as folder:
        git = lambda *command: run("git", "-C", folder, "-c", "user.name=Ada Holm", "-c", "user.email=ada@lights.example", *command)
        os.environ["GIT_AUTHOR_DATE"] = os.environ["GIT_COMMITTER_DATE"] = "2024-05-31T10:15:00+02:00"
        git("init", "-q")
        path = pathlib.Path(folder, "lamp.py")
        path.write_text("def lit(hour):\n    return hour > 20\n")
        git("add", ".")
        git("commit", "-qm", "Light the lamp")
        path.write_text("def lit(hour):\n    return hour >= 20 or hour < 6\n")
        git("commit", "-qam", "Keep the lamp lit until six\n\nThe lamp went out at midnight, because only the evening was checked.")
        patch = git("format-patch", "-1", "--stdout").split("\n", 1)[1]
    write("patch.eml", patch, "git format-patch", None, title="[PATCH] Keep the lamp lit until six", contains=["The lamp went out at midnight"])


def texts():
    python = "# -*- coding: latin-1 -*-\n\"\"\"Zählt die Blitze des Feuers.\"\"\"\n\n\ndef zähle(blitze):\n    # Größer als null\n    return sum(1 for blitz in blitze if blitz > 0)\n"
    write("blitze-latin1.py", python.encode("latin-1"), "by hand", python, title="blitze-latin1.py", contains=["```python\n# -*- coding", "Größer als null"])
    make = "CC ?= cc\n\nall: lamp\n\nlamp: lamp.o\n\t$(CC) -o $@ $<\n"
    write("Makefile", make, "by hand", make, f1=0.9, contains=["```makefile\nCC ?= cc", "\n\t$(CC) -o"])
    front = "---\r\ntitle: Das Feuer\r\ndate: 2024-05-31\r\n---\r\n\r\n# Das Feuer\r\n\r\nEs brennt *jede* Nacht.\r\n"
    write("front-matter-utf16.md", "\ufeff".encode("utf-16-le") + front.encode("utf-16-le"), "by hand", None, headings=["# Das Feuer"], contains=["---\ntitle: Das Feuer\ndate: 2024-05-31\n---\n\n# Das Feuer"])
    letter = "Милостивый государь!\n\nМаяк зажжён третьего мая. Смотритель просит прислать керосин, фитили и новый журнал.\n\nС уважением,\nсмотритель\n"
    write("pismo-koi8r.txt", letter.encode("koi8-r"), "by hand", letter, contains=["Маяк зажжён третьего мая."])
    memo = "\n".join(f"Page {page} of the memo.\n\n   {page}.1.  Lamps MUST be lit at dusk, as section {page} says.\n\nHolm                     Informational                   [Page {page}]\n\x0c" for page in range(1, 4))
    page = lambda number: {"page": number}
    write("memo-pages.txt", memo, "by hand, as RFCs are laid out", memo, places=[["Page 1 of", page(1)], ["2.1.  Lamps", page(2)], ["section 3", page(3)]])
    western = "Le phare de l’île — « Ar-Men » — coûte 3 000 € par an…\nIl fut allumé en 1881 après quatorze années de travaux."
    write("phare-cp1252.txt", western.encode("cp1252"), "by hand", western, contains=["« Ar-Men » — coûte 3 000 € par an…"])


for make in (from_markdown, from_hand, notebooks, tables, values, messages, texts):
    make()

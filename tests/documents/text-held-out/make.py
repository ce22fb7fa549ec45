"""Makes the files of this folder, which the parsers were not made with. Needs pandoc, asciidoctor, node and jupytext.
Run in this folder."""

import json
import pathlib
import subprocess


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, check=True, text=True, encoding="utf-8").stdout


def write(name, content, made_by, words=None, **expected):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    pathlib.Path(name).write_bytes(data)
    if words is not None:
        pathlib.Path(name + ".txt").write_text(words, encoding="utf-8")
        expected["words"] = name + ".txt"
    pathlib.Path(name + ".expected.json").write_text(json.dumps({"made_by": made_by, **expected}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def plain(text, reader):
    return run("pandoc", "-f", reader, "-t", "plain", "--wrap=none", stdin=text)


RST = """\
.. currentmodule:: orchard

.. _grafting:

***********************
Grafting trees in code
***********************

.. index:: graft; tree

The :func:`graft` function joins two :class:`Tree` objects.  It was written for
the orchard at Hillside (see the `annual report`_) and follows :pep:`8`.

Quick start
===========

Create a tree, then graft a scion onto it::

    >>> tree = Tree("Bramley")
    >>> graft(tree, "Cox")
    <Tree Bramley+Cox>

.. tip::

   Graft in **March**, before the buds open.

   1. Cut the scion with three buds.
   2. Bind it with raffia.

Parameters
==========

+-----------+----------+------------------------------------+
| Name      | Type     | Description                        |
+===========+==========+====================================+
| ``tree``  | Tree     | The rootstock.                     |
+-----------+----------+------------------------------------+
| ``scion`` | str      | Name of the cultivar, for example: |
|           |          |                                    |
|           |          | * Cox                              |
|           |          | * Discovery                        |
+-----------+----------+------------------------------------+

Glossary
========

.. glossary::

   scion
      The shoot that is joined to the rootstock.

   rootstock
      The tree that gives its roots.

FAQ
~~~

Why did my graft fail?
   Most likely it dried out.  Seal it with wax.

Which wax?
   | Bees' wax, or
   | pine resin.

.. versionchanged:: 1.4 Wax is applied by default.

.. _annual report: https://hillside.example/report

.. csv-table:: Success by month
   :header: "Month", "Grafts", "Alive"

   "March", 40, 36
   "April", 25, 15

Footnotes are rare [#f1]_, but |they| exist.

.. |they| replace:: some of them
.. [#f1] Like this one.
"""

ADOC = """\
// Published by the orchard
= Orchard Operations Guide
Hillside Team <team@hillside.example>
1.4, 2024-06-01
:doctype: book
:season: spring
:url-shop: https://shop.hillside.example
:experimental:

[preface]
== Preface

This guide is for everybody who works in the orchard in {season}. Order tools from the {url-shop}[shop], or see xref:tools.adoc#knives[Knives].

[#pruning]
== Pruning

IMPORTANT: Clean the *saw* after each tree.

.Steps of pruning
. Remove dead wood.
.. Look for grey bark.
.. Cut back to green wood.
. Open the crown.
+
--
Air has to reach the middle.

TIP: A hat should fly through the tree.
--
. Paint large wounds.

[cols="2*",options="header"]
|===
| Tree | Month
| Apple | February
| Plum
| July
|===

Term one::
The first definition.
Term two:: The second definition.
+
More on it.

=== Tools

* [*] Saw
* [ ] Ladder
- Gloves

[source%linenums,python]
----
def trees(rows, columns):
    return rows * columns  # <1>
----
<1> A simple product.

----
$ orchard prune --all
----

[NOTE]
.Safety first
====
Never work alone.
====

.Harvest by year
[%autowidth.stretch]
|===
|Year |Crates |Note

|2022
|310
|Late frost, see <<pruning>>.

|2023
|415
|A good year.footnote:[The best since 1998.]
|===

[quote,Anna Hill]
____
Prune like a poet.
____

[horizontal]
CPU:: The brain.
RAM:: The memory.

image::orchard.png[The orchard in spring,300,200]

'''

Copyright (C) Hillside. Press btn:[Print] for paper.
"""

MARKDOWN = """\
# Cider

Cider is made from *late* apples. The juice ferments for six weeks.

## Yield

``` python
pressed = crates * 7.5
print(pressed)
```

See the table.

| Year | Litres |
|------|--------|
| 2022 | 2325   |
| 2023 | 3112   |

Bottles are filled in May.
"""


def markup():
    write("grafting.rst", RST, "by hand; words by pandoc 2.17", plain(RST, "rst"), f1=0.9,
          headings=["# Grafting trees in code", "## Quick start", "## Parameters", "## Glossary", "### FAQ"],
          contains=["The graft function joins two Tree objects", "| `scion` | str | Name of the cultivar, for example: Cox Discovery |", "Tip: Graft in March, before the buds open.", "1. Cut the scion",
                    "scion: The shoot", "Why did my graft fail?: Most likely", "Changed in version 1.4: Wax is applied by default.", "| March | 40 | 36 |", "rare [f1], but some of them exist", "[f1] Like this one."],
          lacks=["currentmodule", "index::", "|they|"])
    html = run("asciidoctor", "-a", "showtitle", "-e", "-o", "-", "-", stdin=ADOC)
    write("operations.adoc", ADOC, "by hand; words by asciidoctor 2.0 and pandoc 2.17", plain(html, "html"), f1=0.88, title="Orchard Operations Guide",
          headings=["# Orchard Operations Guide", "## Preface", "## Pruning", "### Tools"],
          contains=["orchard in spring. Order tools from the shop, or see Knives.", "Important: Clean the saw", "   1. Look for grey bark.", "Tip: A hat should fly", "| Plum | July |", "- Term two: The second definition.",
                    "```python\ndef trees", "| 2023 | 415 | A good year. (The best since 1998.) |", "> Prune like a poet.", "- CPU: The brain.", "The orchard in spring"],
          lacks=["Published by", "experimental", "|===", "[*]"])
    page = pathlib.Path("../html/docs-cli.html").read_text(encoding="utf-8")
    article = run("pandoc", "-f", "html", "-t", "html", stdin=page)
    words = plain(article, "html")
    write("page.rst", run("pandoc", "-f", "html-native_divs-native_spans", "-t", "rst", stdin=article), "pandoc 2.17, from HTML", words, f1=0.9)
    write("page.adoc", run("pandoc", "-f", "html-native_divs-native_spans", "-t", "asciidoc", stdin=article), "pandoc 2.17, from HTML", words, f1=0.9)


def notebook():
    pathlib.Path("cider.md").write_text(MARKDOWN)
    made = run("jupytext", "--from", "md", "--to", "ipynb", "-o", "-", stdin=MARKDOWN)
    pathlib.Path("cider.md").unlink()
    write("cider.ipynb", made, "jupytext 1.16", plain(MARKDOWN, "markdown"), headings=["# Cider", "## Yield"], contains=["print(pressed)\n```", "| 2023 | 3112   |"],
          places=[["Cider is made", {"cell": 1}], ["print(pressed)", {"cell": 2}], ["Bottles", {"cell": 3}]])


def node():
    script = """
const rows = [['Sort', 'Reife', 'Preis €'], ['Boskoop', 'Oktober', '2,40'], ['Gräfin "von" Paris', 'November', '3,10'], ['Apfel; rot', 'Juli', '1,90']];
const cell = text => /[";\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
process.stdout.write(JSON.stringify({csv: rows.map(row => row.map(cell).join(';')).join('\\r\\n'),
  api: JSON.stringify({openapi: '3.1.0', info: {title: 'Orchard', version: '1.4'}, paths: {'/trees': {get: {summary: 'Lists trees', parameters: [{name: 'limit', in: 'query', schema: {type: 'integer'}}], responses: {'200': {description: 'The trees'}}}}}}, null, '\\t'),
  log: [1, 2, 3].map(n => JSON.stringify({level: 'info', msg: `crate ${n} weighed`, kg: n * 10.5})).join('\\n')}));
"""
    made = json.loads(run("node", "-e", script))
    write("sorten-1252.csv", made["csv"].encode("cp1252"), "node", "Sort Reife Preis € Boskoop Oktober 2,40 Gräfin von Paris November 3,10 Apfel; rot Juli 1,90",
          contains=["| Sort | Reife | Preis € |", "| Gräfin \"von\" Paris | November | 3,10 |", "| Apfel; rot | Juli | 1,90 |"], places=[["Boskoop", {"sheet": {"name": "", "row": 1, "column": 1}}]])
    write("openapi.json", made["api"], "node", None, contains=["info.title: Orchard", "paths./trees.get.summary: Lists trees", "paths./trees.get.responses.200.description: The trees"], headings=["# info", "# paths"])
    write("crates.ndjson", made["log"], "node", None, contains=["msg: crate 2 weighed", "kg: 31.5"])


def messages():
    outlook = ("Received: from mx.hillside.example ([192.0.2.1]) by mail.hillside.example;\r\n\tSat, 1 Jun 2024 09:00:01 +0000\r\nFrom: =?iso-8859-1?Q?Ren=E9e_Hill?= <renee@hillside.example>\r\n"
               "To: \"Team, Orchard\" <team@hillside.example>\r\nSubject: =?iso-8859-1?Q?Caf=E9_in_the_orchard=3A_opening_?=\r\n =?iso-8859-1?Q?hours?=\r\nDate: Sat, 1 Jun 2024 11:00:00 +0200\r\nX-Mailer: Orchard Outlook 16.0\r\nMIME-Version: 1.0\r\n"
               "Content-Type: multipart/mixed; boundary=\"----=_Next\"\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n------=_Next\r\nContent-Type: text/plain; charset=\"windows-1252\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
               "The caf=E9 opens at nine =96 every day=85=\r\n and closes at six.\r\n\r\n-----Original Message-----\r\nWhen does it open?\r\n\r\n------=_Next\r\nContent-Type: image/jpeg; name=\"tree.jpg\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"tree.jpg\"\r\n\r\n/9j/4AAQ\r\n------=_Next--\r\n")
    write("cafe-outlook.eml", outlook, "by hand, as Outlook sends it", None, title="Café in the orchard: opening hours", notes=["tree.jpg"],
          contains=["Renée Hill <renee@hillside.example>", "The café opens at nine – every day… and closes at six.", "When does it open?"], lacks=["multi-part message", "X-Mailer", "Received"])
    chinese = "From: guo@orchard.example\r\nTo: all@orchard.example\r\nSubject: =?gb2312?B?xrvo+7XEys+78Q==?=\r\nDate: Sun, 2 Jun 2024 08:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + "今年的苹果比去年多三成。\r\n请各位带上篮子。\r\n".encode("gb2312")
    write("apples-gb2312.eml", chinese, "by hand", None, contains=["今年的苹果比去年多三成。", "请各位带上篮子。"])


def texts():
    korean = "과수원의 사과는 구월에 익는다. 올해는 비가 많아서 수확이 늦어졌다.\n\n다음 주에 배를 딴다. 바구니와 사다리를 준비하고 아침 일곱 시에 창고 앞에서 만난다.\n"
    write("orchard-euckr.txt", korean.encode("euc-kr"), "by hand", korean, contains=["과수원의 사과는 구월에 익는다."])
    polish = "# Sad\n\nJabłka dojrzewają we wrześniu. Śliwki są już zebrane, a gruszki czekają jeszcze na chłodniejsze noce.\n\n- drabina\n- koszyki, skrzynie i żółte taśmy\n"
    write("sad-latin2.md", polish.encode("iso-8859-2"), "by hand", polish, headings=["# Sad"], contains=["Jabłka dojrzewają we wrześniu.", "żółte taśmy"])
    script = "/** Counts the trees — all of them. */\nexport function count(rows: number[][]): number {\n  return rows.flat().length; // `sum`\n}\n"
    write("count.ts", b"\xef\xbb\xbf" + script.replace("\n", "\r\n").encode(), "by hand", script, f1=0.94, title="count.ts", contains=["```typescript\n/** Counts the trees — all"])


for make in (markup, notebook, node, messages, texts):
    make()

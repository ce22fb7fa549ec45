"""Makes the files of this folder. Needs pandoc, LibreOffice (soffice), python-docx, python-pptx, openpyxl, xlsxwriter, odfpy
and ebooklib. Run in this folder."""

import datetime
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import docx
import openpyxl
import pptx
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from ebooklib import epub
from odf import style, table, text
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from openpyxl.styles import Font
from pptx.util import Inches

PANDOC = "pandoc 2.17"
SOFFICE = "LibreOffice 7.4"


def expect(name, made_by, words, **expected):
    stem = name + ".txt"
    pathlib.Path(stem).write_text(words.strip() + "\n", encoding="utf-8")
    expected = {"made_by": made_by, "words": stem, **expected}
    body = json.dumps(expected, ensure_ascii=False, indent=1)
    pathlib.Path(name + ".expected.json").write_text(body + "\n", encoding="utf-8")


def pandoc(markdown, name, *options):
    subprocess.run(["pandoc", "-f", "markdown", "-o", name, *options], input=markdown.encode(), check=True)


def soffice(source, target):
    with tempfile.TemporaryDirectory() as folder:
        kind = target.rsplit(".", 1)[1]
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", folder, source], check=True, capture_output=True)
        made = pathlib.Path(folder, pathlib.Path(source).stem + "." + kind)
        shutil.move(made, target)


HANDBOOK = """---
title: Handbook of the tidal mill
date: 2023-04-02
---

# The mill

The mill at Ostrava Creek turns **four hours** after high water.[^wheel] Its keeper is paid by the
[guild of millers](https://example.org/guild), not by the town.

[^wheel]: The wheel has thirty-two paddles of larch.

## Daily round

1. Open the upper sluice.
2. Wait for the bell:
    - one stroke means slack water,
    - two strokes mean flood:
        - close the lower gate,
        - light the lamp.
3. Write the level into the ledger.

## Sacks and prices

| Flour   | Sack (kg) | Price |
|---------|----------:|------:|
| Rye     |        25 | 18.40 |
| Wheat   |        50 | 39.90 |
| Spelt   |        20 | 27.15 |

> Never mill against the wind, said the old keeper.

### Reading the gauge

```
level = reading - 0.35
if level > 2.1: close()
```

# Repairs

Grease the axle each new moon. Ölwechsel und Prüfung stehen im Anhang. Смазку хранят в северном сарае.
"""
HANDBOOK_WORDS = """
Handbook of the tidal mill 2023-04-02
The mill
The mill at Ostrava Creek turns four hours after high water. 1 Its keeper is paid by the guild of millers, not by the town.
Daily round
1. Open the upper sluice. 2. Wait for the bell: one stroke means slack water, two strokes mean flood: close the lower gate,
light the lamp. 3. Write the level into the ledger.
Sacks and prices
Flour Sack (kg) Price Rye 25 18.40 Wheat 50 39.90 Spelt 20 27.15
Never mill against the wind, said the old keeper.
Reading the gauge
level = reading - 0.35 if level > 2.1: close()
Repairs
Grease the axle each new moon. Ölwechsel und Prüfung stehen im Anhang. Смазку хранят в северном сарае.
1 The wheel has thirty-two paddles of larch.
"""
HANDBOOK_HEADINGS = [
    "# Handbook of the tidal mill", "# The mill", "## Daily round", "## Sacks and prices", "### Reading the gauge", "# Repairs",
]
HANDBOOK_TEXTS = [
    "1. Open the upper sluice.\n2. Wait for the bell:\n   - one stroke means slack water,\n   - two strokes mean flood:\n"
    "     - close the lower gate,\n     - light the lamp.\n3. Write the level into the ledger.",
    "| Flour | Sack (kg) | Price |\n| --- | --- | --- |\n| Rye | 25 | 18.40 |",
    "> Never mill against the wind, said the old keeper.",
    "high water.[^1] Its",
    "[^1]: The wheel has thirty-two paddles of larch.",
    "```\nlevel = reading - 0.35\nif level > 2.1: close()\n```",
]


def handbook():
    common = {"title": "Handbook of the tidal mill", "headings": HANDBOOK_HEADINGS, "contains": HANDBOOK_TEXTS}
    for kind in ["docx", "odt"]:
        pandoc(HANDBOOK, f"handbook.{kind}")
        expect(f"handbook.{kind}", PANDOC, HANDBOOK_WORDS, **common)
    soffice("handbook.docx", "handbook-office.odt")
    expect("handbook-office.odt", f"{PANDOC}, {SOFFICE}", HANDBOOK_WORDS, **common)
    soffice("handbook.odt", "handbook-office.docx")
    expect("handbook-office.docx", f"{PANDOC}, {SOFFICE}", HANDBOOK_WORDS, **common)
    pandoc(HANDBOOK, "handbook.epub", "--epub-chapter-level=1")
    places = [["four hours", {"chapter": 2}], ["Grease the axle", {"chapter": 3}]]
    expect("handbook.epub", PANDOC, HANDBOOK_WORDS, f1=0.6, title="Handbook of the tidal mill", places=places)


def tables():
    document = docx.Document()
    document.core_properties.title = "Word Document"
    document.add_paragraph("Berth plan", style="Title")
    document.add_heading("Quays", level=1)
    grid = document.add_table(rows=4, cols=3)
    for row, cells in enumerate([["Quay", "Depth", "Crane"], ["North", "9 m", "yes"], ["", "11 m", "no"], ["South", "7 m", "a|b"]]):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    grid.cell(1, 0).merge(grid.cell(2, 0))
    wide = document.add_table(rows=2, cols=3)
    wide.cell(0, 0).merge(wide.cell(0, 2)).text = "Winter moorings"
    wide.cell(1, 0).text = "Pontoon"
    wide.cell(1, 1).text = "Two berths"
    inner = wide.cell(1, 2).add_table(rows=2, cols=2)
    for row, cells in enumerate([["boat", "fee"], ["Heron", "40"]]):
        for column, cell in enumerate(cells):
            inner.cell(row, column).text = cell
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "Call the harbour office before sunset."
    document.save("tables.docx")
    words = """Berth plan Quays Quay Depth Crane North 9 m yes 11 m no South 7 m a b Winter moorings
    Pontoon Two berths boat fee Heron 40 Call the harbour office before sunset."""
    expect("tables.docx", "python-docx 1.2", words, title="Berth plan", headings=["# Berth plan", "# Quays"], contains=[
        "| Quay | Depth | Crane |\n| --- | --- | --- |\n| North | 9 m | yes |\n| | 11 m | no |\n| South | 7 m | a\\|b |",
        "| Winter moorings | | |\n| --- | --- | --- |\n| Pontoon | Two berths | boat, fee; Heron, 40 |",
        "\n\nCall the harbour office before sunset.",
    ])


def run(content):
    return f'<w:r><w:t xml:space="preserve">{content}</w:t></w:r>'


def tracked():
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Confidential header"
    section.footer.paragraphs[0].text = "Page footer"
    document.add_heading("Lease of the boathouse", level=1)
    body = document.element.body
    change = 'w:id="9" w:author="A" w:date="2024-01-01T00:00:00Z"'
    paragraphs = [
        f'{run("The rent is ")}<w:del {change}><w:r><w:delText>900</w:delText></w:r></w:del><w:ins {change}>{run("950")}</w:ins>{run(" crowns.")}',
        f'<w:pPr><w:rPr><w:del {change}/></w:rPr></w:pPr>{run("The tenant keeps the roof dry ")}',
        run("and the slipway clear."),
        f'<w:moveFrom {change}>{run("Moved sentence. ")}</w:moveFrom>{run("Paid on the first Monday. ")}<w:moveTo {change}>{run("Moved sentence.")}</w:moveTo>',
        f'{run("See the ")}<w:hyperlink w:anchor="a">{run("inventory")}</w:hyperlink>{run(" on page ")}'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF a</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("14")}<w:r><w:fldChar w:fldCharType="end"/></w:r>{run(".")}',
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden remark.</w:t></w:r>' + run("Witnessed by two neighbours."),
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">'
        '<w:drawing><wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:txbx><w:txbxContent>'
        f'<w:p>{run("Keys hang behind the door.")}</w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>'
        f'<v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent><w:p>{run("Keys hang behind the door.")}</w:p></w:txbxContent></v:textbox>'
        '</w:pict></mc:Fallback></mc:AlternateContent></w:r>' + run("The boat stays inside from October."),
    ]
    for paragraph in paragraphs:
        body.insert(len(body) - 1, parse_xml(f'<w:p {nsdecls("w")}>{paragraph}</w:p>'))
    contents = ('<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
                f'<w:sdtContent><w:p>{run("Lease of the boathouse 1")}</w:p></w:sdtContent>')
    body.insert(0, parse_xml(f'<w:sdt {nsdecls("w")}>{contents}</w:sdt>'))
    last = document.add_paragraph("Signed in ink.")
    document.add_comment(last.runs, text="Ask the notary", author="B")
    document.core_properties.title = "Lease of the boathouse"
    document.core_properties.modified = datetime.datetime(2024, 3, 5, 8, 0)
    document.save("tracked.docx")
    words = """Lease of the boathouse The rent is 950 crowns. The tenant keeps the roof dry and the slipway clear.
    Paid on the first Monday. Moved sentence. See the inventory on page 14. Witnessed by two neighbours.
    The boat stays inside from October. Keys hang behind the door. Signed in ink."""
    expect("tracked.docx", "python-docx 1.2", words, f1=0.99, title="Lease of the boathouse", headings=["# Lease of the boathouse"],
           contains=["The rent is 950 crowns.", "keeps the roof dry and the slipway clear.", "\n\nKeys hang behind the door."],
           lacks=["900", "Confidential", "Page footer", "Hidden", "notary", "boathouse 1"])


def legal():
    document = docx.Document()
    styles = document.styles.element
    for style_id, name, based, properties in [
        ("Ueberschrift1", "Kapitel", "Normal", '<w:outlineLvl w:val="0"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'),
        ("Ueberschrift2", "Abschnitt", "Ueberschrift1", '<w:outlineLvl w:val="1"/><w:numPr><w:ilvl w:val="1"/></w:numPr>'),
        ("Klausel", "Klausel", "Ueberschrift2", '<w:outlineLvl w:val="9"/><w:numPr><w:ilvl w:val="2"/></w:numPr>'),
    ]:
        styles.append(parse_xml(
            f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="{based}"/><w:pPr>{properties}</w:pPr></w:style>'))
    numbering = document.part.numbering_part.element
    levels = [("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")]
    levels = "".join(f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{label}"/></w:lvl>'
                     for level, (kind, label) in enumerate(levels))
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    document.save("legal.docx")
    document = docx.Document("legal.docx")
    for name, line in [
        ("Kapitel", "Gegenstand"), ("Abschnitt", "Der Garten"), ("Klausel", "Die Hecke bleibt unter zwei Metern."),
        ("Klausel", "Das Tor schließt um neun."), ("Abschnitt", "Der Brunnen"), ("Klausel", "Wasser wird nicht verkauft."),
        ("Kapitel", "Kündigung"), ("Normal", "1. Mai ist der früheste Termin."),
    ]:
        document.add_paragraph(line, style=name)
    document.save("legal.docx")
    words = """1 Gegenstand 1.1 Der Garten (a) Die Hecke bleibt unter zwei Metern. (b) Das Tor schließt um neun.
    1.2 Der Brunnen (a) Wasser wird nicht verkauft. 2 Kündigung 1. Mai ist der früheste Termin."""
    expect("legal.docx", "python-docx 1.2", words, headings=["# 1 Gegenstand", "## 1.1 Der Garten", "## 1.2 Der Brunnen", "# 2 Kündigung"],
           contains=["(b) Das Tor schließt um neun.", "1\\. Mai ist"])


def budget():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Expenses 2024"
    sheet["B2"] = "Orchard expenses"
    sheet.merge_cells("B2:E2")
    rows = [["Item", "Date", "Share", "Cost"], ["Ladders", datetime.date(2024, 3, 9), 0.125, 310.5],
            ["Pruning", datetime.date(2024, 11, 30), 0.5, 1240], ["Crates", datetime.datetime(2024, 12, 1, 14, 30), 0.375, -75.25]]
    for row, values in enumerate(rows, 4):
        for column, value in enumerate(values, 2):
            cell = sheet.cell(row, column, value)
            if column == 3 and row > 4:
                cell.number_format = "d mmm yyyy" if row < 7 else "yyyy-mm-dd hh:mm"
            if column == 4:
                cell.number_format = "0.0%"
            if column == 5:
                cell.number_format = '[$€-2] #,##0.00'
    sheet["B8"] = "Total"
    sheet["E8"] = "=SUM(E5:E7)"
    sheet["E8"].number_format = '[$€-2] #,##0.00'
    other = book.create_sheet("Erträge")
    for row in [["Sorte", "Körbe"], ["Boskoop", 1412], ["Topaz", 87]]:
        other.append(row)
    other["B2"].number_format = "#,##0"
    hidden = book.create_sheet("Salaries")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    book.properties.title = "Orchard budget"
    book.save("budget.xlsx")
    body = """Expenses 2024 Orchard expenses Item Date Share Cost Ladders 9 Mar 2024 12.5% € 310.50 Pruning 30 Nov 2024 50.0%
    € 1,240.00 Crates 2024-12-01 14:30 37.5% -€ 75.25 Total {} Erträge Sorte Körbe Boskoop 1,412 Topaz 87"""
    name = "Expenses 2024"
    common = {
        "title": "Orchard budget", "headings": ["# Expenses 2024", "# Erträge"], "lacks": ["secret"], "notes": ["Salaries"],
        "places": [["| Item", {"sheet": {"name": name, "row": 4, "column": 2}}], ["| Orchard", {"sheet": {"name": name, "row": 2, "column": 2}}],
                   ["Topaz", {"sheet": {"name": "Erträge", "row": 1, "column": 1}}], ["# Ertr", {"sheet": {"name": "Erträge", "row": 1, "column": 1}}]],
    }
    texts = ["| Ladders | 9 Mar 2024 | 12.5% | € 310.50 |", "| Crates | 2024-12-01 14:30 | 37.5% | -€ 75.25 |", "| Boskoop | 1,412 |"]
    expect("budget.xlsx", "openpyxl 3.1", body.format(""), **{**common, "notes": ["Salaries", "without a stored value: 1"]}, contains=texts)
    soffice("budget.xlsx", "budget-office.xlsx")
    total = ["| Total | | | € 1,475.25 |"]
    expect("budget-office.xlsx", f"openpyxl 3.1, {SOFFICE}", body.format("€ 1,475.25"), **common, contains=texts + total)
    soffice("budget.xlsx", "budget-office.ods")
    expect("budget-office.ods", f"openpyxl 3.1, {SOFFICE}", body.format("€ 1,475.25"), **common, contains=texts + total)


def stock():
    book = xlsxwriter.Workbook("stock.xlsx")
    book.set_properties({"title": "Stock of the chandlery", "created": datetime.datetime(2022, 2, 2)})
    sheet = book.add_worksheet("Stock")
    bold, money, percent = book.add_format({"bold": True}), book.add_format({"num_format": "$#,##0.00;[Red]($#,##0.00)"}), book.add_format({"num_format": "0%"})
    time, month = book.add_format({"num_format": "h:mm AM/PM"}), book.add_format({"num_format": 14})
    for row, values in enumerate([["Article", "Price", "Margin", "Opens"], ["Rope", 12.5, 0.3, 0.375], ["Anchor", -240, 0.07, 0.8125]]):
        for column, value in enumerate(values):
            kind = [None, money, percent, time][column] if row else bold
            sheet.write(row, column, value, kind)
    sheet.write_formula("B4", "=B2+B3", money, -227.5)
    sheet.write_rich_string("A4", "Sum of ", bold, "both")
    sheet.write("H1", "Supplier")
    sheet.write("H2", "Nordtau & Söhne")
    sheet.write("H3", datetime.date(2021, 7, 4).isoformat())
    sheet.write_datetime("H5", datetime.datetime(2021, 7, 4), month)
    sheet.write_boolean("A40", True)
    sheet.write("B40", "checked\nby Ines")
    sheet.write_formula("C40", "=1/0", None, "#DIV/0!")
    sheet.write("D40", 1234567.891)
    chart = book.add_chartsheet("Chart")
    chart.set_chart(book.add_chart({"type": "line"}))
    chart.get_chart = None
    book.charts[0].add_series({"values": "=Stock!$B$2:$B$3"})
    book.close()
    words = """Stock Article Price Margin Opens Rope $12.50 30% 9:00 AM Anchor ($240.00) 7% 7:30 PM Sum of both ($227.50)
    Supplier Nordtau & Söhne 2021-07-04 2021-07-04 TRUE checked by Ines #DIV/0! 1234567.891"""
    at = lambda row, column: {"sheet": {"name": "Stock", "row": row, "column": column}}
    expect("stock.xlsx", "xlsxwriter 3.3", words, title="Stock of the chandlery", headings=["# Stock"], contains=[
        "| Rope | $12.50 | 30% | 9:00 AM |", "| Sum of both | ($227.50) | | |", "| Supplier |\n| --- |\n| Nordtau & Söhne |\n| 2021-07-04 |",
        "| TRUE | checked by Ines | #DIV/0! | 1234567.891 |",
    ], places=[["Supplier", at(1, 8)], ["Anchor", at(1, 1)], ["TRUE", at(40, 1)]])


def course():
    deck = pptx.Presentation()
    deck.core_properties.title = "PowerPoint Presentation"
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Keeping bees on roofs"
    first.placeholders[1].text = "An evening course"
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "The hive"
    frame = second.placeholders[1].text_frame
    frame.text = "Boxes"
    for level, line in [(1, "brood box"), (1, "honey super"), (2, "shallow frames"), (0, "Roof and floor")]:
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = line, level
    second.notes_slide.notes_text_frame.text = "Pass the empty frame around.\nAsk who is allergic."
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "Calendar"
    grid = third.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, cells in enumerate([["Month", "Work", ""], ["April", "swarm control", "weekly"], ["August", "harvest", "once"]]):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    grid.cell(0, 1).merge(grid.cell(0, 2))
    fourth = deck.slides.add_slide(deck.slide_layouts[6])
    box = fourth.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    box.text_frame.text = "Smoke calms them; haste does not."
    group = fourth.shapes.add_group_shape()
    inside = group.shapes.add_textbox(Inches(1), Inches(3), Inches(4), Inches(1))
    inside.text_frame.text = "蜂は朝に飛ぶ。"
    fifth = deck.slides.add_slide(deck.slide_layouts[1])
    fifth.shapes.title.text = "Withdrawn slide"
    fifth._element.set("show", "0")
    last = deck.slides.add_slide(deck.slide_layouts[1])
    last.shapes.title.text = "Goals of the evening"
    last.placeholders[1].text = "Open a hive without gloves."
    order = deck.slides._sldIdLst
    order.insert(1, order[-1])
    deck.save("course.pptx")
    words = """Keeping bees on roofs An evening course Goals of the evening Open a hive without gloves. The hive Boxes brood box honey super
    shallow frames Roof and floor Notes Pass the empty frame around. Ask who is allergic. Calendar Month Work April swarm control weekly
    August harvest once Slide 5 Smoke calms them; haste does not. 蜂は朝に飛ぶ。"""
    headings = ["# Keeping bees on roofs", "## Goals of the evening", "## The hive", "### Notes", "## Calendar", "## Slide 5"]
    common = {
        "title": "Keeping bees on roofs", "headings": headings, "lacks": ["Withdrawn"], "notes": ["1 hidden"],
        "contains": ["- Boxes\n  - brood box\n  - honey super\n    - shallow frames\n- Roof and floor", "| Month | Work | |\n| --- | --- | --- |\n| April | swarm"],
        "places": [["gloves", {"slide": 2}], ["allergic", {"slide": 3}], ["swarm", {"slide": 4}], ["haste", {"slide": 5}]],
    }
    expect("course.pptx", "python-pptx 1.0", words, **common)
    soffice("course.pptx", "course-office.odp")
    expect("course-office.odp", f"python-pptx 1.0, {SOFFICE}", words, **common)
    slides = """% Winter roads
% Ines Holm

# Salt

- Spread before dusk
- Never on bridges:
    1. steel corrodes,
    2. drains clog.

::: notes
Show the map of the bridges.
:::

# Sand

Sand costs half as much and stays longer.

| Road | Tonnes |
|------|--------|
| N4   | 12     |
| R7   | 3      |
"""
    pandoc(slides, "roads.pptx")
    words = """Winter roads Ines Holm Salt Spread before dusk Never on bridges: 1. steel corrodes, 2. drains clog. Notes
    Show the map of the bridges. Sand Sand costs half as much and stays longer. Road Tonnes N4 12 R7 3"""
    expect("roads.pptx", PANDOC, words, title="Winter roads", headings=["# Winter roads", "## Salt", "### Notes", "## Sand"],
           contains=["- Never on bridges:\n  1. steel corrodes,\n  2. drains clog.", "| N4 | 12 |", "\n\nSand costs"],
           places=[["bridges.", {"slide": 2}], ["R7", {"slide": 3}]])


def letter():
    document = OpenDocumentText()
    numbers = text.ListStyle(name="Numbers")
    numbers.addElement(text.ListLevelStyleNumber(level=1, numformat="1", numsuffix="."))
    numbers.addElement(text.ListLevelStyleNumber(level=2, numformat="a", numsuffix=")", displaylevels=2))
    document.automaticstyles.addElement(numbers)
    body = document.text
    body.addElement(text.H(outlinelevel=1, text="Carta al jardinero"))
    paragraph = text.P(text="Querido amigo: ")
    paragraph.addElement(text.Span(text="las rosas"))
    paragraph.addText(" llegaron el martes.")
    paragraph.addElement(text.LineBreak())
    paragraph.addText("Gracias.")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    inside = text.NoteBody()
    inside.addElement(text.P(text="Eran doce."))
    note.addElement(inside)
    paragraph.addElement(note)
    body.addElement(paragraph)
    outer = text.List(stylename=numbers)
    for line, nested in [("Regar al alba", ["con lluvia", "sin manguera"]), ("Podar en marzo", [])]:
        item = text.ListItem()
        item.addElement(text.P(text=line))
        if nested:
            inner = text.List()
            for words in nested:
                child = text.ListItem()
                child.addElement(text.P(text=words))
                inner.addElement(child)
            item.addElement(inner)
        outer.addElement(item)
    body.addElement(outer)
    body.addElement(text.H(outlinelevel=2, text="Pagos"))
    grid = table.Table(name="Pagos")
    for cells in [["Mes", "Euros"], ["Mayo", "40"], ["Junio", "45"]]:
        row = table.TableRow()
        for words in cells:
            cell = table.TableCell()
            cell.addElement(text.P(text=words))
            row.addElement(cell)
        grid.addElement(row)
    body.addElement(grid)
    document.save("letter.odt")
    words = """Carta al jardinero Querido amigo: las rosas llegaron el martes. Gracias. 1 1. Regar al alba 1.a) con lluvia 1.b) sin manguera
    2. Podar en marzo Pagos Mes Euros Mayo 40 Junio 45 1 Eran doce."""
    expect("letter.odt", "odfpy 1.4", words, headings=["# Carta al jardinero", "## Pagos"], contains=[
        "martes.\nGracias.[^1]", "1. Regar al alba\n   - 1.a) con lluvia\n   - 1.b) sin manguera\n2. Podar en marzo", "| Mayo | 40 |", "[^1]: Eran doce.",
    ])
    sheets = OpenDocumentSpreadsheet()
    hidden = style.Style(name="Hidden", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    sheets.automaticstyles.addElement(hidden)
    for name, kind, rows in [("Niveles", None, [["Pozo", "Metros"], ["Alto", 3.5], [], ["Bajo", 7]]), ("Oculta", hidden, [["secreto"]])]:
        grid = table.Table(name=name, **({"stylename": kind} if kind else {}))
        for cells in rows:
            row = table.TableRow()
            for value in cells:
                if isinstance(value, str):
                    cell = table.TableCell(valuetype="string")
                    cell.addElement(text.P(text=value))
                else:
                    cell = table.TableCell(valuetype="float", value=value)
                row.addElement(cell)
            grid.addElement(row)
        tail = table.TableRow(numberrowsrepeated=1048570)
        tail.addElement(table.TableCell(numbercolumnsrepeated=16384))
        grid.addElement(tail)
        sheets.spreadsheet.addElement(grid)
    sheets.save("wells.ods")
    expect("wells.ods", "odfpy 1.4", "Niveles Pozo Metros Alto 3.5 Bajo 7", headings=["# Niveles"], contains=["| Alto | 3.5 |"], lacks=["secreto"],
           notes=["Oculta"], places=[["Bajo", {"sheet": {"name": "Niveles", "row": 4, "column": 1}}]])


def novel():
    book = epub.EpubBook()
    book.set_identifier("novel")
    book.set_title("Les phares du nord")
    book.set_language("fr")
    book.add_metadata("DC", "date", "1998-05-12")
    chapters = []
    for number, (heading, body) in enumerate([
        ("Départ", "Le bateau quitte le quai à l’aube &amp; personne ne parle."), ("Brume", "On n’entend que la cloche du phare."), ("Retour", "العودة كانت هادئة. Le port dort."),
    ]):
        chapter = epub.EpubHtml(title=heading, file_name=f"c{9 - number}.xhtml", lang="fr")
        chapter.content = f"<h1>{heading}</h1><p>{body}</p>"
        chapters.append(chapter)
    for chapter in reversed(chapters):
        book.add_item(chapter)
    book.toc = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav", *chapters]
    epub.write_epub("novel.epub", book)
    words = """Départ Le bateau quitte le quai à l’aube & personne ne parle. Brume On n’entend que la cloche du phare. Retour العودة كانت هادئة. Le port dort."""
    expect("novel.epub", "ebooklib 0.20", words, f1=0.9, title="Les phares du nord", places=[["quai", {"chapter": 1}], ["cloche", {"chapter": 2}], ["dort", {"chapter": 3}]])


if __name__ == "__main__":
    handbook()
    tables()
    tracked()
    legal()
    budget()
    stock()
    course()
    letter()
    novel()

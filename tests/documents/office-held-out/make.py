"""Makes the files of this folder, which were not looked at while the parsers were written. Needs what `office/make.py` needs. Run in
this folder."""

import datetime
import pathlib
import sys

import docx
import openpyxl
import pptx
import xlsxwriter
from ebooklib import epub
from pptx.util import Inches

sys.path.insert(0, "../office")
from make import PANDOC, SOFFICE, expect, pandoc, soffice  # noqa: E402


def minutes():
    document = docx.Document()
    document.add_heading("Réunion du comité", 0)
    document.add_heading("Présents", 1)
    for line in ["Mme Aubry", "M. Kessler"]:
        document.add_paragraph(line, style="List Bullet")
    document.add_paragraph("la secrétaire adjointe", style="List Bullet 2")
    document.add_heading("Décisions", 1)
    for line in ["La cotisation passe à 24 €.", "Le stand est loué pour juin."]:
        document.add_paragraph(line, style="List Number")
    grid = document.add_table(rows=3, cols=2, style="Table Grid")
    for row, cells in enumerate([["Poste", "Montant"], ["Tentes", "310,00 €"], ["Affiches", "48,50 €"]]):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    document.add_heading("次回", 2)
    document.add_paragraph("次の会議は五月十日に図書館で開かれます。")
    document.add_paragraph("À bientôt.", style="Quote")
    document.save("minutes.docx")
    words = """Réunion du comité Présents Mme Aubry M. Kessler la secrétaire adjointe Décisions 1. La cotisation passe à 24 €.
    2. Le stand est loué pour juin. Poste Montant Tentes 310,00 € Affiches 48,50 € 次回 次の会議は五月十日に図書館で開かれます。 À bientôt."""
    expect("minutes.docx", "python-docx 1.2", words, title="Réunion du comité", headings=["# Réunion du comité", "# Présents", "# Décisions", "## 次回"],
           contains=["- M. Kessler", "| Tentes | 310,00 € |", "> À bientôt.", "1. La cotisation passe à 24 €.\n2. Le stand"])


def recipe():
    page = """<html><head><title>Plum dumplings</title></head><body><h1>Plum dumplings</h1><p>Boil the potatoes <b>in their skins</b>.</p>
    <h2>Needs</h2><ul><li>plums<ul><li>ripe ones</li><li>twelve</li></ul></li><li>sugar</li></ul>
    <table border="1"><tr><th colspan="2">Oven</th></tr><tr><td>Hot</td><td>200 °C</td></tr><tr><td rowspan="2">Warm</td><td>80 °C</td></tr><tr><td>60 °C</td></tr></table>
    <h2>Steps</h2><ol><li>Peel.</li><li>Knead the dough.</li><li>Fold a plum into each.</li></ol><p>Serves four &amp; a dog.</p></body></html>"""
    pathlib.Path("recipe.html").write_text(page, encoding="utf-8")
    soffice("recipe.html", "recipe-writer.odt")
    words = """Plum dumplings Boil the potatoes in their skins. Needs plums ripe ones twelve sugar Oven Hot 200 °C Warm 80 °C 60 °C
    Steps 1. Peel. 2. Knead the dough. 3. Fold a plum into each. Serves four & a dog."""
    common = {"title": "Plum dumplings", "headings": ["# Plum dumplings", "## Needs", "## Steps"],
              "contains": ["- plums\n  - ripe ones\n  - twelve\n- sugar", "| Oven | |\n| --- | --- |\n| Hot | 200 °C |\n| Warm | 80 °C |\n| | 60 °C |", "2. Knead the dough."]}
    pathlib.Path("recipe.html").unlink()
    made = f"HTML, {SOFFICE}"
    expect("recipe-writer.odt", made, words, **common)
    soffice("recipe-writer.odt", "recipe-writer.docx")
    expect("recipe-writer.docx", made, words, **common)


def survey():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Answers"
    sheet.append(["Village", "Asked on", "Yes", "Mean age", "Grant"])
    for row in [["Hollern", datetime.date(2025, 1, 15), 0.62, 41.333333, 1500], ["Über-See", datetime.date(2025, 2, 28), 0.075, 38, 0], ["Tarn", None, 1, 29.5, 12750.5]]:
        sheet.append(row)
    for row in range(2, 5):
        sheet.cell(row, 2).number_format = "dd.mm.yyyy"
        sheet.cell(row, 3).number_format = "0%"
        sheet.cell(row, 4).number_format = "0.00"
        sheet.cell(row, 5).number_format = '#,##0.00 "CHF"'
    sheet["A8"] = "Source"
    sheet["B8"] = "field work"
    sheet["A9"] = "Open until"
    sheet["B9"] = datetime.time(17, 45)
    sheet["B9"].number_format = "hh:mm"
    book.create_sheet("Blank")
    notes = book.create_sheet("Notes | raw")
    notes["C3"] = "line one\nline two"
    book.save("survey.xlsx")
    words = """Answers Village Asked on Yes Mean age Grant Hollern 15.01.2025 62% 41.33 1,500.00 CHF Über-See 28.02.2025 8% 38.00 0.00 CHF
    Tarn 100% 29.50 12,750.50 CHF Source field work Open until 17:45 Notes raw line one line two"""
    at = lambda name, row, column: {"sheet": {"name": name, "row": row, "column": column}}
    common = {"contains": ["| Hollern | 15.01.2025 | 62% | 41.33 | 1,500.00 CHF |", "| Tarn | | 100% |", "| Open until | 17:45 |"],
              "places": [["Tarn", at("Answers", 1, 1)], ["Source", at("Answers", 8, 1)], ["line one", at("Notes | raw", 3, 3)]]}
    expect("survey.xlsx", "openpyxl 3.1", words, headings=["# Answers", "# Notes | raw"], **common)
    soffice("survey.xlsx", "survey-calc.ods")
    expect("survey-calc.ods", f"openpyxl 3.1, {SOFFICE}", words, headings=["# Answers", "# Notes | raw"], **common)


def ledger():
    book = xlsxwriter.Workbook("ledger.xlsx")
    sheet = book.add_worksheet("Caisse")
    euro = book.add_format({"num_format": '_-* #,##0.00 "€"_-;-* #,##0.00 "€"_-;_-* "-"?? "€"_-;_-@_-'})
    day = book.add_format({"num_format": "[$-40C]d mmm yyyy;@"})
    kilo = book.add_format({"num_format": '0.0,"k"'})
    sheet.merge_range("A1:D1", "Premier trimestre")
    sheet.write_row("A2", ["Jour", "Objet", "Somme", "Visites"])
    for row, (date, thing, sum_, visits) in enumerate([(datetime.date(2023, 1, 9), "Timbres", -18.4, 1200), (datetime.date(2023, 2, 1), "Vente", 1320, 15400), (datetime.date(2023, 3, 31), "Rien", 0, 90)], 2):
        sheet.write_datetime(row, 0, datetime.datetime.combine(date, datetime.time()), day)
        sheet.write(row, 1, thing)
        sheet.write(row, 2, sum_, euro)
        sheet.write(row, 3, visits, kilo)
    sheet.write_formula("C6", "=SUM(C3:C5)", euro, 1301.6)
    sheet.write_comment("B3", "demander le reçu")
    other = book.add_worksheet("Codes")
    other.write("A1", "Code")
    other.write_string("A2", "007")
    other.write("A3", 1e-7)
    other.write("A4", 98765432101)
    very = book.add_worksheet("Cachée")
    very.write("A1", "invisible")
    very.very_hidden()
    book.close()
    words = """Caisse Premier trimestre Jour Objet Somme Visites 9 Jan 2023 Timbres -18.40 € 1.2k 1 Feb 2023 Vente 1,320.00 € 15.4k 31 Mar 2023 Rien - € 0.1k
    1,301.60 € Codes Code 007 0.0000001 98765432101"""
    expect("ledger.xlsx", "xlsxwriter 3.3", words, headings=["# Caisse", "# Codes"], lacks=["reçu", "invisible"], notes=["Cachée"],
           contains=["| 9 Jan 2023 | Timbres | -18.40 € | 1.2k |", "| 007 |", "| 98765432101 |"])


def review():
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Год на маяке"
    first.placeholders[1].text = "Отчёт смотрителя"
    two = deck.slides.add_slide(deck.slide_layouts[3])
    two.shapes.title.text = "Summer and winter"
    two.placeholders[1].text_frame.text = "Fog on forty days"
    two.placeholders[1].text_frame.add_paragraph().text = "Three visitors"
    two.placeholders[2].text_frame.text = "Ice on the stairs"
    two.notes_slide.notes_text_frame.text = "Mention the broken lens."
    caption = deck.slides.add_slide(deck.slide_layouts[7])
    caption.shapes.title.text = "Lamp"
    caption.placeholders[1].text_frame.text = "Turned by clockwork"
    caption.placeholders[2].text_frame.text = "Wound twice a night."
    deck.slides.add_slide(deck.slide_layouts[6])
    last = deck.slides.add_slide(deck.slide_layouts[5])
    last.shapes.title.text = "Costs"
    grid = last.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for row, cells in enumerate([["Oil", "Wicks"], ["410 l", "96"]]):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    deck.save("review.pptx")
    words = """Год на маяке Отчёт смотрителя Summer and winter Fog on forty days Three visitors Ice on the stairs Notes Mention the broken lens.
    Lamp Turned by clockwork Wound twice a night. Costs Oil Wicks 410 l 96"""
    common = {"title": "Год на маяке", "headings": ["# Год на маяке", "## Summer and winter", "### Notes", "## Lamp", "## Costs"],
              "contains": ["- Fog on forty days\n- Three visitors", "| 410 l | 96 |"], "places": [["stairs", {"slide": 2}], ["clockwork", {"slide": 3}], ["Wicks", {"slide": 5}]]}
    expect("review.pptx", "python-pptx 1.0", words, **common, notes=["1 without text"])
    soffice("review.pptx", "review-impress.odp")
    expect("review-impress.odp", f"python-pptx 1.0, {SOFFICE}", words, **common)


ESSAY = """---
title: Ensayo sobre las mareas
---

# Introducción

El agua sube dos veces al día.^[Salvo en los mares cerrados.] Los antiguos lo atribuían a la luna.

# Instrumentos

Término
:   Definición breve del término.

a. primera medida
b. segunda medida

5) quinto punto
6) sexto punto

| Puerto | Altura |
|:-------|-------:|
| Vigo   |  3,9 m |

---

Texto final con *énfasis*, `código` y una fórmula: $a + b$.
"""


def essay():
    words = """Ensayo sobre las mareas Introducción El agua sube dos veces al día. 1 Los antiguos lo atribuían a la luna. Instrumentos
    Término Definición breve del término. a. primera medida b. segunda medida 5) quinto punto 6) sexto punto Puerto Altura Vigo 3,9 m
    Texto final con énfasis, código y una fórmula: a + b. 1 Salvo en los mares cerrados."""
    common = {"title": "Ensayo sobre las mareas", "headings": ["# Ensayo sobre las mareas", "# Introducción", "# Instrumentos"],
              "contains": ["- a. primera medida", "| Vigo | 3,9 m |", "[^1]: Salvo en"]}
    pandoc(ESSAY, "essay.odt")
    expect("essay.odt", PANDOC, words, **common)
    pandoc(ESSAY, "essay.docx")
    expect("essay.docx", PANDOC, words, **common)


def atlas():
    book = epub.EpubBook()
    book.set_title("Atlas of small islands")
    book.set_language("en")
    chapters = []
    for name, body in [("North", "<h1>North</h1><p>Gulls outnumber people.</p><table><tr><th>Isle</th><th>Huts</th></tr><tr><td>Mur</td><td>3</td></tr></table>"),
                       ("South", "<h1>South</h1><ul><li>Reef</li><li>Lagoon</li></ul>")]:
        chapter = epub.EpubHtml(title=name, file_name=f"text/{name} part.xhtml", lang="en")
        chapter.content = body
        chapters.append(chapter)
        book.add_item(chapter)
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = chapters
    epub.write_epub("atlas.epub", book)
    words = "North Gulls outnumber people. Isle Huts Mur 3 South Reef Lagoon"
    expect("atlas.epub", "ebooklib 0.20", words, f1=0.8, title="Atlas of small islands", places=[["Gulls", {"chapter": 1}], ["Lagoon", {"chapter": 2}]])


if __name__ == "__main__":
    minutes()
    recipe()
    survey()
    ledger()
    review()
    essay()
    atlas()

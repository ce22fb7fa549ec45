"""Makes the files of this folder, which were not looked at while the parser was written. Needs what `pdf/make.py` needs, and the
Python packages PyMuPDF, matplotlib, python-docx and pikepdf. Run in this folder."""

import io
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "../pdf")
import make as base  # noqa: E402
from make import CHROMIUM, PANDOC, SOFFICE, article, chromium, docx, expect, groff, headings, html, latex, pandoc, plain, run, soffice, source, typst, weasyprint  # noqa: E402


def dvips(body, name):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "a.tex").write_text(body, encoding="utf-8")
        for _ in range(2):
            subprocess.run(["latex", "-interaction=nonstopmode", "a.tex"], cwd=folder, capture_output=True)
        subprocess.run(["dvips", "-q", "a.dvi"], cwd=folder, check=True, capture_output=True)
        run("ps2pdf", f"{folder}/a.ps", name)


def matplotlib_page(markdown, name):
    import textwrap

    import matplotlib

    matplotlib.use("pdf")
    matplotlib.rcParams["pdf.fonttype"] = 3
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(8.27, 11.69))
    y = 0.94
    for block in markdown.strip().split("\n\n"):
        size = 16 if block.startswith("#") else 10
        for line in textwrap.wrap(block.lstrip("# "), 85):
            figure.text(0.1, y, line, fontsize=size)
            y -= size / 10 * 0.017
        y -= 0.015
    figure.savefig(name)


def story(page, name):
    import pymupdf

    writer = pymupdf.DocumentWriter(name)
    content = pymupdf.Story(page)
    more = 1
    while more:
        device = writer.begin_page(pymupdf.paper_rect("a5"))
        more, _ = content.place(pymupdf.Rect(40, 40, 380, 550))
        content.draw(device)
        writer.end_page()
    writer.close()
    document = pymupdf.open(name)
    document.subset_fonts()
    content = document.tobytes(garbage=4, deflate=True)
    pathlib.Path(name).write_bytes(content)


def two_column_docx(markdown):
    import docx as library
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = library.Document(io.BytesIO(docx(markdown)))
    columns = OxmlElement("w:cols")
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "500")
    section = document.sections[0]
    for old in section._sectPr.findall(qn("w:cols")):
        section._sectPr.remove(old)
    section._sectPr.append(columns)
    section.header.paragraphs[0].text = "Notes on economic history"
    section.footer.paragraphs[0].text = "Vestby archive"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def main():
    essay, german, notice = source("essay"), source("german"), source("notice")
    body = essay.split("---\n")[2]
    serif = "\\usepackage{fontspec}\\setmainfont{DejaVu Serif}"
    unicode = lambda text: re.sub(r"\\usepackage\[T1\]\{fontenc\}\\usepackage\{mathptmx\}", lambda _: serif, text)  # noqa: E731
    dvips(article(essay, "12pt,a4paper").replace("\\usepackage[T1]{fontenc}\\usepackage{mathptmx}", "").replace("\\usepackage[hidelinks]{hyperref}", ""), "dvips-essay.pdf")
    expect("dvips-essay.pdf", "TeX, dvips 2022, Ghostscript 10", plain(essay))
    latex(unicode(article(german, "11pt", "\\usepackage[ngerman]{babel}").replace("\\documentclass[11pt]{article}", "\\documentclass[11pt,a5paper,twoside]{book}\\def\\section{\\chapter}")), "lualatex-german.pdf", "lualatex")
    expect("lualatex-german.pdf", "LuaTeX 1.15", plain(german))
    latex(unicode(article(essay, "10pt,twocolumn")), "xelatex-columns.pdf", "xelatex")
    expect("xelatex-columns.pdf", "XeTeX 0.999994", plain(essay))
    soffice(two_column_docx(essay), "docx", "writer-columns.pdf")
    expect("writer-columns.pdf", f"{PANDOC}, python-docx 1.2, {SOFFICE}", plain(essay), lacks=["Vestby archive", "Notes on economic history"])
    with tempfile.TemporaryDirectory() as folder:
        run("pandoc", "-f", "markdown", "-o", f"{folder}/a.odt", input=notice.encode())
        soffice(pathlib.Path(folder, "a.odt").read_bytes(), "odt", "writer-notice.pdf")
        run("pandoc", "-f", "markdown", "-o", f"{folder}/a.pptx", input=notice.encode())
        soffice(pathlib.Path(folder, "a.pptx").read_bytes(), "pptx", "impress-notice.pdf")
    expect("writer-notice.pdf", f"{PANDOC}, {SOFFICE}", plain(notice), headings=headings(notice), contains=["| Tuesday | 06:30 | 18:00 | 2 |"])
    expect("impress-notice.pdf", f"{PANDOC}, {SOFFICE}", plain(notice), contains=["| Tuesday | 06:30 | 18:00 | 2 |"])
    css = "@page{size:letter;margin:1in} body{font:11pt/1.3 'Liberation Serif';text-align:justify} blockquote{font-style:italic} h1{font-size:15pt;text-align:center}"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a.html")
        file.write_text(html(body, css), encoding="utf-8")
        run("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/a.pdf", str(file))
        shutil.copy(pathlib.Path(folder, "a.pdf"), "chromium-headers.pdf")
    expect("chromium-headers.pdf", CHROMIUM, plain(body), headings=headings(body))
    weasyprint(html(german, "@page{size:A4;margin:2cm;@bottom-center{content:'Seite ' counter(page) ' von ' counter(pages)}} html{columns:3;column-gap:8mm;font:9pt 'Liberation Sans';hyphens:auto;text-align:justify}").replace("lang=en", "lang=de"), "weasyprint-german.pdf")
    expect("weasyprint-german.pdf", "WeasyPrint 70", plain(german), lacks=["Seite 1"])
    weasyprint(html(source("greek"), "body{font:12pt 'DejaVu Serif'}"), "weasyprint-greek.pdf")
    expect("weasyprint-greek.pdf", "WeasyPrint 70", plain(source("greek")), headings=headings(source("greek")))
    korean = source("korean")
    base.reportlab(korean, "reportlab-korean.pdf", "HYSMyeongJo-Medium")
    expect("reportlab-korean.pdf", "reportlab 5.1", plain(korean), headings=headings(korean))
    first = body.split("# Three winters")[0].replace("> ", "")
    matplotlib_page(first, "matplotlib-essay.pdf")
    expect("matplotlib-essay.pdf", "Matplotlib 3.11", plain(first))
    story(html(notice, "body{font-family:serif} td,th{padding:3px}"), "mupdf-notice.pdf")
    expect("mupdf-notice.pdf", "PyMuPDF 2.0", plain(notice))
    typst("#set page(paper: \"a5\", header: [Firewood #h(1fr) Hallgren], numbering: \"1 / 1\")\n#set par(justify: true, first-line-indent: 1em)\n#set text(lang: \"en\")\n" + body.replace("# ", "= ").replace("> ", ""), "typst-essay.pdf")
    expect("typst-essay.pdf", "typst 0.15", plain(body), headings=headings(body), lacks=["Firewood Hallgren"])
    groff(".nr HM 1i\n" + pandoc(essay, "ms", "-s").replace(".SH 1", ".2C\n.SH 1", 1), "groff-columns.pdf", "ps", "-ms")
    expect("groff-columns.pdf", "pandoc 2.17, groff 1.22, Ghostscript 10", plain(essay))


if __name__ == "__main__":
    main()

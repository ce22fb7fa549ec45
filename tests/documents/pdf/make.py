"""Makes the files of this folder from `sources`. Needs pandoc, LaTeX, LibreOffice (soffice), Chromium, groff, Ghostscript,
qpdf, and the Python packages reportlab, weasyprint, fpdf2 and typst. Run in this folder."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PANDOC = "pandoc 2.17"
PDFLATEX = "pdfTeX 1.40.24"
SOFFICE = "LibreOffice 7.4"
CHROMIUM = "Chromium"


def source(name):
    return pathlib.Path("sources", name + ".md").read_text(encoding="utf-8")


def pandoc(markdown, to, *options):
    command = ["pandoc", "-f", "markdown", "-t", to, "--wrap=none", *options]
    return subprocess.run(command, input=markdown.encode(), check=True, capture_output=True).stdout.decode()


def plain(markdown):
    title = re.findall(r"^(?:title|author|date): (.*)$", markdown.split("\n---\n")[0], re.M)
    text = pandoc(markdown, "plain", "--columns=500")
    # Markers of bullets and rules of tables are no words.
    return "\n\n".join(title) + "\n\n" + text


def headings(markdown, shift=0):
    return ["#" * shift + line for line in markdown.splitlines() if re.match(r"#+ ", line)]


def expect(name, made_by, words, **expected):
    stem = name + ".txt"
    pathlib.Path(stem).write_text(words.strip() + "\n", encoding="utf-8")
    expected = {"made_by": made_by, "words": stem, **expected}
    body = json.dumps(expected, ensure_ascii=False, indent=1)
    pathlib.Path(name + ".expected.json").write_text(body + "\n", encoding="utf-8")
    size = pathlib.Path(name).stat().st_size
    print(f"{name}: {size} bytes" + (" TOO LARGE" if size > 61440 else ""))


def run(*command, **options):
    subprocess.run(command, check=True, capture_output=True, **options)


def latex(body, name, engine="pdflatex"):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "a.tex").write_text(body, encoding="utf-8")
        for _ in range(2):
            subprocess.run([engine, "-interaction=nonstopmode", "a.tex"], cwd=folder, capture_output=True)
        shutil.copy(pathlib.Path(folder, "a.pdf"), name)


def article(markdown, options, preamble=""):
    body = pandoc(markdown, "latex").replace("\\tightlist", "").replace("\\toprule()", "\\hline").replace("\\midrule()", "\\hline")
    body = body.replace("\\bottomrule()", "\\hline").replace("\\endhead", "").replace("@{}", "")
    body = body.replace("\\begin{longtable}[]", "\\begin{center}\\begin{tabular}").replace("\\end{longtable}", "\\end{tabular}\\end{center}")
    title = re.search(r"title: (.*)", markdown)
    author = re.search(r"author: (.*)", markdown)
    date = re.search(r"date: (.*)", markdown)
    head = ""
    if title:
        head = f"\\title{{{title[1]}}}\\author{{{author[1] if author else ''}}}\\date{{{date[1] if date else ''}}}"
    make = "\\maketitle" if title else ""
    return (
        f"\\documentclass[{options}]{{article}}\n\\usepackage[T1]{{fontenc}}\\usepackage{{mathptmx}}\\usepackage[hidelinks]{{hyperref}}\n"
        f"{preamble}{head}\n\\begin{{document}}{make}\n{body}\n\\end{{document}}\n"
    )


def soffice(content, kind, name, options=""):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a." + kind)
        file.write_bytes(content)
        to = "pdf" + options
        run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to, "--outdir", folder, str(file))
        shutil.copy(pathlib.Path(folder, "a.pdf"), name)


def docx(markdown):
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/a.docx"
        run("pandoc", "-f", "markdown", "-o", target, input=markdown.encode())
        return pathlib.Path(target).read_bytes()


def html(markdown, css=""):
    body = pandoc(markdown, "html")
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>A page</title><style>{css}</style><body>{body}</body></html>"


def chromium(page, name):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a.html")
        file.write_text(page, encoding="utf-8")
        run(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={folder}/a.pdf", "--no-pdf-header-footer", str(file),
        )
        shutil.copy(pathlib.Path(folder, "a.pdf"), name)


def weasyprint(page, name):
    import weasyprint as library

    library.HTML(string=page).write_pdf(name)


def typst(text, name):
    import typst as library

    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "a.typ").write_text(text, encoding="utf-8")
        library.compile(f"{folder}/a.typ", output=name)


def groff(text, name, device="ps", *options):
    made = subprocess.run(["groff", "-k", "-T", device, *options], input=text.encode(), check=True, capture_output=True).stdout
    if device == "pdf":
        pathlib.Path(name).write_bytes(made)
    else:
        run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", f"-sOutputFile={name}", "-", input=made)


def reportlab(markdown, name, font=None):
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    def decorate(canvas, document):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 800, "Harbour office")
        canvas.drawRightString(520, 800, "Annual report")
        canvas.drawCentredString(297, 30, f"Page {document.page} of 3")
        canvas.saveState()
        canvas.translate(300, 420)
        canvas.rotate(45)
        canvas.setFont("Helvetica-Bold", 70)
        canvas.setFillGray(0.9)
        canvas.drawCentredString(0, 0, "CONFIDENTIAL")
        canvas.restoreState()

    styles = getSampleStyleSheet()
    if font:
        pdfmetrics.registerFont(UnicodeCIDFont(font))
        for style in styles.byName.values():
            style.fontName = font
            style.wordWrap = "CJK"
    story = []
    for block in markdown.strip().split("\n\n"):
        level = len(block) - len(block.lstrip("#"))
        text = re.sub(r"\*(.*?)\*", r"<i>\1</i>", block.lstrip("# "))
        story += [Paragraph(text, styles[f"Heading{level}" if level else "BodyText"]), Spacer(1, 4)]
    hooks = {} if font else {"onFirstPage": decorate, "onLaterPages": decorate}
    SimpleDocTemplate(name, title="" if font else "Report of the harbour office").build(story, **hooks)


def fpdf(markdown, name):
    import fpdf as library

    document = library.FPDF()
    document.add_page()
    for block in markdown.strip().split("\n\n"):
        level = len(block) - len(block.lstrip("#"))
        document.set_font("Times", "B" if level else "", {1: 18, 2: 14}.get(level, 11))
        document.multi_cell(0, 6, re.sub(r"\*", "", block.lstrip("# ")), new_x="LMARGIN", new_y="NEXT")
        document.ln(3)
    document.output(name)


def main():
    paper, manual, report = source("paper"), source("manual"), source("report")
    body = paper.split("---\n")[2]
    numbered = ["## 1 Introduction", "## 2 Methods", "### 2.1 Installation", "### 2.2 Reference readings", "### 2.3 Neighbourhood model",
                "## 3 Results", "## 4 Discussion", "## 5 Conclusion"]
    table = ["| Neighbourhood | 2.3 | 9.8 | 0 |", "| Method | Median drift | Worst device | Visits per year |"]
    title = "# Seasonal Drift in Low-Cost River Sensors"

    def numbers(text):
        for line in numbered:
            sign, number, name = line.split(" ", 2)
            text = re.sub(rf"^(#+) {name}$", rf"\1 {number} {name}", text, flags=re.M)
        return text

    latex(article(paper, "10pt"), "latex-one-column.pdf")
    expect("latex-one-column.pdf", PDFLATEX, plain(numbers(paper)), headings=[title, *numbered], contains=table)
    latex(article(paper, "10pt,twocolumn"), "latex-two-columns.pdf")
    expect("latex-two-columns.pdf", PDFLATEX, plain(numbers(paper)), headings=[title, *numbered], lacks=["measure- "], contains=["neighbouring devices are compared"])
    old = article(paper, "11pt,a4paper", "\\usepackage{fancyhdr}\\pagestyle{fancy}\\fancyhead[L]{River sensors}\\fancyfoot[C]{--- \\thepage{} ---}")
    old = old.replace("\\usepackage[T1]{fontenc}\\usepackage{mathptmx}", "")
    notes = old.replace("on every bridge", "on every bridge").replace("large, seasonal", "large\\footnote{Larger than the makers of the sensors admit in their data sheets.}, seasonal")
    latex(notes, "latex-footnotes.pdf")
    # Its fonts become smaller.
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOutputFile=small.pdf", "latex-footnotes.pdf")
    shutil.move("small.pdf", "latex-footnotes.pdf")
    expect("latex-footnotes.pdf", PDFLATEX + ", Ghostscript 10", plain(numbers(paper)) + "\nLarger than the makers of the sensors admit in their data sheets.", lacks=["River sensors", "— 2"])
    soffice(docx(manual), "docx", "writer-manual.pdf")
    expect("writer-manual.pdf", f"{PANDOC}, {SOFFICE}", plain(manual), contains=["| target | 93.0 | 88 to 97 | Temperature of the water |", "- Use filtered water only:"],
           places=[["Replace the gasket", {"page": 2}]])
    soffice(docx(report), "docx", "writer-tagged.pdf", ':writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}')
    expect("writer-tagged.pdf", f"{PANDOC}, {SOFFICE}", plain(report), headings=headings(report))
    sheet = "Item;Quantity;Price\nApple crates;120;4.75\nPear crates;80;5.25\nLabels;2000;0.02\nTwine;14;3.15\n"
    soffice(sheet.replace(";", ",").encode(), "csv", "calc-table.pdf")
    expect("calc-table.pdf", SOFFICE, "a " + sheet.replace(";", " "), contains=["| Apple crates | 120 | 4.75 |"])
    chromium(html(manual, "body{font:15px/1.5 serif} table{border-collapse:collapse} td,th{padding:4px 12px;border:1px solid #999}"), "chromium-manual.pdf")
    expect("chromium-manual.pdf", CHROMIUM, plain(manual.split("---\n")[2]), contains=["target = 93.5\noffset = -1.2", "- Use filtered water only:\n  - hardness below 8 degrees,"], title="A page")
    chromium(html(body, "body{font:13px/1.4 sans-serif;columns:2;column-gap:28px;text-align:justify;hyphens:auto}"), "chromium-columns.pdf")
    expect("chromium-columns.pdf", CHROMIUM, plain(body))
    for language, font in [("russian", "DejaVu Serif"), ("hebrew", "DejaVu Sans")]:
        text = source(language)
        direction = "direction:rtl;" if language == "hebrew" else ""
        chromium(html(text, f"body{{font:14px/1.5 '{font}';{direction}}}"), f"chromium-{language}.pdf")
        expect(f"chromium-{language}.pdf", CHROMIUM, plain(text), headings=headings(text))
    text = source("chinese")
    weasyprint(html(text, "body{font:14px/1.5 'Noto Sans CJK SC'} h1,h2{font-weight:normal}"), "small.pdf")
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOutputFile=weasyprint-chinese.pdf", "small.pdf")
    pathlib.Path("small.pdf").unlink()
    expect("weasyprint-chinese.pdf", "WeasyPrint 70, Ghostscript 10", plain(text), headings=headings(text))
    text = source("japanese")
    reportlab(text, "reportlab-japanese.pdf", "HeiseiMin-W3")
    expect("reportlab-japanese.pdf", "reportlab 5.1", plain(text), headings=headings(text))
    reportlab(report, "reportlab-report.pdf")
    expect("reportlab-report.pdf", "reportlab 5.1", plain(report), headings=headings(report), lacks=["CONFIDENTIAL", "Page 2", "Annual report"],
           title="Report of the harbour office", places=[["The staff of the office", {"page": 2}]])
    fpdf(report, "fpdf-report.pdf")
    expect("fpdf-report.pdf", "fpdf2 2.8", plain(report), headings=headings(report))
    weasyprint(html(report, "@page{size:A5;margin:20mm;@top-center{content:'Harbour office'}@bottom-right{content:counter(page)}} body{font-size:10pt;text-align:justify;hyphens:auto}"), "weasyprint-report.pdf")
    expect("weasyprint-report.pdf", "WeasyPrint 70", plain(report), headings=headings(report), lacks=["Harbour office"])
    typst("#set page(columns: 2, numbering: \"1\")\n#set par(justify: true)\n#set text(size: 9pt, lang: \"en\")\n" + pandoc(body, "markdown-pipe_tables-simple_tables-grid_tables-multiline_tables").split("# Results")[0].replace("# ", "= ").replace("#=", "=="), "typst-columns.pdf")
    expect("typst-columns.pdf", "typst 0.15", plain(body.split("# Results")[0]))
    groff(pandoc(report, "ms"), "groff-report.pdf", "ps", "-ms")
    # All headings of the macros look the same.
    expect("groff-report.pdf", "pandoc 2.17, groff 1.22, Ghostscript 10", plain(report), headings=["# " + line.lstrip("# ") for line in headings(report)], lacks=["-2-"])
    groff(pandoc(manual, "man", "-s"), "groff-manual.pdf", "pdf", "-man", "-t")
    expect("groff-manual.pdf", "pandoc 2.17, groff 1.22", plain(manual.split("---\n")[2]))
    slides = source("slides")
    latex("\\documentclass{beamer}\\begin{document}" + pandoc(slides, "beamer") + "\\end{document}", "beamer-slides.pdf")
    if pathlib.Path("beamer-slides.pdf").exists():
        expect("beamer-slides.pdf", PDFLATEX, plain(slides))


def locked():
    for bits, name in [("128", "rc4-128.pdf"), ("256", "aes-256.pdf")]:
        options = ["--allow-weak-crypto", "--encrypt", "", "owner", bits, *(["--use-aes=n"] if bits == "128" else []), "--"]
        run("qpdf", "fpdf-report.pdf", name, *options)
        expect(name, "fpdf2 2.8, qpdf 11", plain(source("report")))
    run("qpdf", "fpdf-report.pdf", "aes-128.pdf", "--object-streams=generate", "--encrypt", "", "owner", "128", "--use-aes=y", "--")
    expect("aes-128.pdf", "fpdf2 2.8, qpdf 11", plain(source("report")))


if __name__ == "__main__":
    main()
    locked()

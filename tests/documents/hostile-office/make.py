"""Makes the files of this folder: archives and XML that break rules. Needs python-docx, openpyxl and msoffcrypto-tool. Run in
this folder, after that of `office`."""

import io
import json
import pathlib
import struct
import zipfile
import zlib

import docx
import msoffcrypto.format.ooxml
import openpyxl

OFFICE = pathlib.Path("../office")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/></Types>'
OFFICE_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def expect(name, **expected):
    if "problem" not in expected:
        expected = {"made_by": "make.py", **expected}
    pathlib.Path(name + ".expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def relations(*targets):
    items = "".join(f'<Relationship Id="r{number}" Type="{OFFICE_TYPE}{kind}" Target="{target}"/>' for number, (kind, target) in enumerate(targets, 1))
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def archive(name, parts):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for part, content in parts.items():
            made.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED, 9)


def word(body, **others):
    document = body if body.lstrip().startswith("<!") else f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return {"[Content_Types].xml": TYPES.format("word/document.xml", "wordprocessingml.document"), "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/document.xml": document, **others}


def sheet(data, strings=None, **others):
    return {"[Content_Types].xml": TYPES.format("xl/workbook.xml", "spreadsheetml.sheet"), "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
            "xl/sharedStrings.xml": f"<sst>{strings or '<si><t>one</t></si>'}</sst>", "xl/worksheets/sheet1.xml": f"<worksheet>{data}</worksheet>", **others}


def patched(name, changes):
    """Overwrites bytes of an archive at offsets from each header with a signature."""
    data = bytearray(pathlib.Path(name).read_bytes())
    for signature, offset, value in changes:
        place = data.find(signature)
        while place >= 0:
            data[place + offset:place + offset + len(value)] = value
            place = data.find(signature, place + 4)
    pathlib.Path(name).write_bytes(data)


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def archives():
    whole = (OFFICE / "handbook.docx").read_bytes()
    pathlib.Path("truncated.docx").write_bytes(whole[:6000])
    expect("truncated.docx", problem="damaged")
    pathlib.Path("empty.docx").write_bytes(b"")
    expect("empty.docx", problem="damaged")
    flipped = bytearray(whole)
    place = whole.find(b"word/document.xml") + 60
    flipped[place:place + 40] = bytes(40)
    pathlib.Path("flipped.docx").write_bytes(flipped)
    expect("flipped.docx", problem="damaged")
    archive("bomb.docx", word(paragraph(" " * 30_000_000)))
    expect("bomb.docx", problem="too_large")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", bytes(20_000_000))
    archive("nested.docx", word(paragraph("The bomb within is not opened."), **{f"word/embeddings/{number}.zip": inner.getvalue() for number in range(3)}))
    expect("nested.docx", contains=["The bomb within is not opened."])
    archive("declared.docx", word(paragraph("Declared sizes are not believed.")))
    patched("declared.docx", [(b"PK\1\2", 24, struct.pack("<I", 1 << 30)), (b"PK\3\4", 22, struct.pack("<I", 1 << 30))])
    expect("declared.docx", contains=["Declared sizes are not believed."])
    overlapping()
    quine()
    archive("locked-entries.docx", word(paragraph("secret")))
    patched("locked-entries.docx", [(b"PK\1\2", 8, b"\1\0"), (b"PK\3\4", 6, b"\1\0")])
    expect("locked-entries.docx", problem="encrypted")
    archive("traversal.docx", {"../../../../tmp/escaped": "x", "/etc/passwd": "x", "C:\\x": "x", **word(paragraph("Names of entries are only looked up."))})
    expect("traversal.docx", contains=["Names of entries are only looked up."])
    archive("not-office.docx", {"readme.txt": "hello"})
    expect("not-office.docx", problem="unsupported")
    pathlib.Path("docx-named.pdf").write_bytes((OFFICE / "tables.docx").read_bytes())
    expect("docx-named.pdf", made_by="python-docx 1.2", contains=["| Quay | Depth | Crane |"])
    pathlib.Path("xlsx-named.docx").write_bytes((OFFICE / "budget.xlsx").read_bytes())
    expect("xlsx-named.docx", made_by="openpyxl 3.1", contains=["| Boskoop | 1,412 |"])
    pathlib.Path("text-named.docx").write_text("plain words\n")
    expect("text-named.docx", problem="damaged")
    # An archive whose comment is a PDF.
    archive("polyglot.docx", word(paragraph("The first bytes decide.")))
    with zipfile.ZipFile("polyglot.docx", "a") as made:
        made.comment = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
    expect("polyglot.docx", contains=["The first bytes decide."])


def overlapping():
    """Two hundred entries of the directory share one header and its data."""
    made = io.BytesIO()
    archive(made, word(paragraph(" " * 3_000_000)))
    data = made.getvalue()
    start = struct.unpack("<I", data[-6:-2])[0]
    entries, place = [], start
    while data[place:place + 4] == b"PK\1\2":
        name, extra, comment = struct.unpack("<HHH", data[place + 28:place + 34])
        end = place + 46 + name + extra + comment
        entries.append(data[place:end])
        place = end
    last = entries[-1]
    copies = [last[:46] + f"word/d{number:03}ument.xml".encode()[:17].ljust(17, b"x") + last[63:] for number in range(200)]
    directory = b"".join(entries + copies)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(entries) + 200, len(entries) + 200, len(directory), start, 0)
    pathlib.Path("overlapping.docx").write_bytes(data[:start] + directory + end)
    expect("overlapping.docx", problem="too_large")


def quine():
    """An archive whose entry is stored and is the archive up to itself, under the name of the document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
        for name, content in word("").items():
            if name != "word/document.xml":
                out.writestr(zipfile.ZipInfo(name), content)
        inside = made.getvalue()
        out.writestr(zipfile.ZipInfo("word/document.xml"), inside)
    pathlib.Path("quine.docx").write_bytes(made.getvalue())
    expect("quine.docx", problem="damaged")


def xml():
    laughs = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    archive("laughs.docx", word(f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><w:document {W}><w:body>{paragraph("Calm &l9; words.")}</w:body></w:document>'))
    expect("laughs.docx", contains=["Calm words."], lacks=["haha"])
    archive("external.docx", word(f'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {W}><w:body>{paragraph("Nothing &e; is fetched.")}</w:body></w:document>'))
    expect("external.docx", contains=["Nothing is fetched."], lacks=["root:"])
    archive("deep.docx", word("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000))
    expect("deep.docx", problem="damaged")
    cell = "<w:tbl><w:tr><w:tc>"
    archive("deep-tables.docx", word(cell * 33_000 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 33_000))
    expect("deep-tables.docx", problem="damaged")
    parts = word("")
    del parts["word/document.xml"]
    archive("no-document.docx", parts)
    expect("no-document.docx", problem="damaged")
    archive("malformed.docx", word("<w:p><w:r></w:p>"))
    expect("malformed.docx", problem="damaged")
    style = '<w:style w:type="paragraph" w:styleId="{0}"><w:basedOn w:val="{1}"/></w:style>'
    styles = f"<w:styles {W}>" + style.format("a", "b") + style.format("b", "a") + style.format("c", "c") + "</w:styles>"
    body = "".join(f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr><w:r><w:t>Styled {name}.</w:t></w:r></w:p>' for name in "abc")
    archive("style-loop.docx", word(body, **{"word/styles.xml": styles, "word/_rels/document.xml.rels": relations(("styles", "styles.xml"))}))
    expect("style-loop.docx", contains=["Styled a.\n\nStyled b.\n\nStyled c."])
    archive("million-paragraphs.docx", word("<w:p/>" * 600_000 + paragraph("Last.")))
    expect("million-paragraphs.docx", contains=["Last."])
    archive("attributes.docx", word("<w:p " + " ".join(f'a{number}="1"' for number in range(12_000)) + "><w:r><w:t>Many attributes.</w:t></w:r></w:p>"))
    expect("attributes.docx", contains=["Many attributes."])
    archive("note-loop.docx", word('<w:p><w:r><w:t>Noted.</w:t><w:footnoteReference w:id="2"/></w:r></w:p>', **{
        "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>See</w:t><w:footnoteReference w:id="2"/></w:r></w:p></w:footnote></w:footnotes>',
        "word/_rels/document.xml.rels": relations(("footnotes", "footnotes.xml"))}))
    expect("note-loop.docx", contains=["Noted."])


def presentations():
    slide = ('<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
             "<p:txBody><a:p><a:r><a:t>Loop</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>")
    ids = '<p:sldId r:id="r1"/>' * 2000
    archive("slide-loop.pptx", {
        "[Content_Types].xml": TYPES.format("ppt/presentation.xml", "presentationml.presentation"), "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relations(("slide", "slides/slide1.xml")), "ppt/slides/slide1.xml": slide,
        "ppt/slides/_rels/slide1.xml.rels": relations(("slideLayout", "slide1.xml"), ("notesSlide", "slide1.xml"), ("slide", "slide1.xml")),
    })
    expect("slide-loop.pptx", contains=["## Loop"])


def sheets():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    archive("far-cells.xlsx", sheet(f'<dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData>'))
    expect("far-cells.xlsx", contains=["| 1 |", "| 2 |"], places=[["| 2 |", {"sheet": {"name": "S", "row": 1048576, "column": 16384}}]])
    archive("no-string.xlsx", sheet('<sheetData><row><c t="s"><v>4000000000</v></c></row></sheetData>'))
    expect("no-string.xlsx", problem="damaged")
    row = "".join(f'<row r="{number}"><c r="A{number}" t="s"><v>0</v></c></row>' for number in range(1, 2000))
    archive("repeated-string.xlsx", sheet(f"<sheetData>{row}</sheetData>", f"<si><t>{'long ' * 20_000}</t></si>"))
    expect("repeated-string.xlsx", problem="too_large")
    archive("empty-strings.xlsx", sheet('<sheetData><row><c t="s"><v>600000</v></c><c><v>7</v></c></row></sheetData>', "<si/>" * 700_000))
    expect("empty-strings.xlsx", contains=["| 7 |"])
    far = '<row r="4294967295"><c r="ZZZ4294967295"><v>9</v></c></row><row r="2"><c r="B2"><v>3</v></c></row>'
    archive("outside.xlsx", sheet(f"<sheetData>{far}</sheetData>"))
    expect("outside.xlsx", contains=["| 3 |"], lacks=["9"])
    diagonal = "".join(f'<row r="{number}"><c><v>1</v></c></row>' for number in range(1, 10))
    wide = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="{"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26]}A{n}"><v>1</v></c></row>' for n in range(1, 3000))
    archive("sparse.xlsx", sheet(f"<sheetData>{diagonal}{wide}</sheetData>"))
    expect("sparse.xlsx", contains=["| 1 |"])
    code = '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'.format("0" * 200_000 + "%" * 1000 + "\\")
    parts = sheet('<sheetData><row><c s="0"><v>1e308</v></c><c s="9"><v>2</v></c></row></sheetData>', **{"xl/styles.xml": code})
    parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    archive("long-format.xlsx", parts)
    expect("long-format.xlsx", contains=["# S"])
    content = ('<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="R">'
               '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>again</text:p>'
               "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>")
    archive("repeats.ods", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    expect("repeats.ods", problem="too_large")


def passwords():
    for kind in ["docx", "xlsx"]:
        plain = (OFFICE / {"docx": "letter-plain.docx", "xlsx": "budget.xlsx"}[kind])
        if kind == "docx":
            made = io.BytesIO()
            document = docx.Document()
            document.add_paragraph("secret")
            document.save(made)
            made.seek(0)
        else:
            made = io.BytesIO(plain.read_bytes())
        locked = io.BytesIO()
        msoffcrypto.format.ooxml.OOXMLFile(made).encrypt("password", locked)
        pathlib.Path(f"password.{kind}").write_bytes(locked.getvalue())
        expect(f"password.{kind}", problem="encrypted")
    archive("password.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": '<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>', "content.xml": "\1\2"})
    expect("password.odt", problem="encrypted")


def books():
    drm = ('<encryption xmlns="c"><e:EncryptedData xmlns:e="e"><e:EncryptionMethod Algorithm="{}"/><e:CipherData>'
           '<e:CipherReference URI="OPS/{}"/></e:CipherData></e:EncryptedData></encryption>')
    parts = {
        "mimetype": "application/epub+zip", "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": '<package><metadata><title>Locked</title></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
                        '</manifest><spine>' + '<itemref idref="c"/>' * 5000 + "</spine></package>",
        "OPS/c.xhtml": "<html><body><p>Readable chapter.</p></body></html>",
    }
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    archive("locked.epub", {**parts, "META-INF/encryption.xml": drm.format(aes, "c.xhtml")})
    expect("locked.epub", problem="encrypted")
    archive("locked-fonts.epub", {**parts, "META-INF/encryption.xml": drm.format("http://www.idpf.org/2008/embedding", "f.otf")})
    expect("locked-fonts.epub", contains=["Readable chapter."])


if __name__ == "__main__":
    archives()
    xml()
    presentations()
    sheets()
    passwords()
    books()

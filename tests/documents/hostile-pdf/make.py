"""Makes the hostile files of this folder. Needs qpdf, reportlab and pillow. Run in this folder."""

import io
import json
import pathlib
import subprocess
import zlib


def expect(name, content, problem=None, **expected):
    pathlib.Path(name).write_bytes(content)
    expected = {"problem": problem} if problem else {"made_by": "make.py", **expected}
    pathlib.Path(name + ".expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{name}: {len(content)} bytes")


def stream(content, entries="", compress=False):
    if isinstance(content, str):
        content = content.encode("latin-1")
    if compress:
        content = zlib.compress(content, 9)
        entries += " /Filter /FlateDecode"
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def pdf(objects, trailer="", broken=False):
    """A file of numbered objects. The first is the catalog."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        body = body.encode("latin-1") if isinstance(body, str) else body
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    if broken:
        return out.getvalue()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    for offset in offsets:
        out.write(f"{offset:010} 00000 n \n".encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TEXT = "BT /F1 12 Tf 72 700 Td (The quick ferry leaves at noon.) Tj ET"


def page(content, resources="/Font << /F1 5 0 R >>", *more, trailer="", broken=False):
    """A file of one page: 4 is its content, 5 a font; further objects follow."""
    pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    leaf = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << {resources} >> >>"
    content = content if isinstance(content, bytes) else stream(content)
    return pdf([CATALOG, pages, leaf, content, FONT, *more], trailer, broken)


def qpdf(content, *options):
    pathlib.Path("in.pdf").write_bytes(content)
    subprocess.run(["qpdf", "--allow-weak-crypto", *options, "in.pdf", "out.pdf"], check=True)
    made = pathlib.Path("out.pdf").read_bytes()
    pathlib.Path("in.pdf").unlink()
    pathlib.Path("out.pdf").unlink()
    return made


def scan():
    from PIL import Image
    from reportlab.pdfgen import canvas

    target = io.BytesIO()
    pages = canvas.Canvas(target)
    for shade in (200, 220):
        image = io.BytesIO()
        Image.new("L", (80, 110), shade).save(image, "PNG")
        image.seek(0)
        from reportlab.lib.utils import ImageReader

        pages.drawImage(ImageReader(image), 0, 0, 595, 842)
        pages.showPage()
    pages.save()
    return target.getvalue()


def main():
    good = page(TEXT)
    said = {"contains": ["The quick ferry leaves at noon."]}
    expect("empty.pdf", b"", "damaged")
    expect("header.pdf", b"%PDF-1.7\n", "damaged")
    expect("truncated.pdf", good[: len(good) // 3], "damaged")
    expect("noise.pdf", b"%PDF-1.7\n" + bytes((7 * i * i + i // 3) % 256 for i in range(40_000)), "damaged")
    expect("text.pdf", b"This is no PDF at all.\n", "damaged")
    expect("page.pdf", b"<!doctype html><title>T</title><p>The quick ferry leaves at noon.</p>", "damaged")
    expect("zip.pdf", b"PK\x05\x06" + bytes(18), "unsupported")
    expect("no-xref.pdf", page(TEXT, broken=True), **said)
    expect("wrong-xref.pdf", good.replace(b"startxref\n", b"startxref\n9"), **said)
    expect("named.txt", good, **said)
    expect("polyglot.html", b"%PDF-1.7\n<!doctype html><!--" + good[9:] + b"--><p>A page</p>", lacks=["A page"], **said)
    leading = b"<html><!-- --></html>\n" + good
    expect("leading-html.pdf", leading, **said)
    expect("page-loop.pdf", pdf([CATALOG, "<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 9 >>", "<< /Type /Pages /Kids [2 0 R 3 0 R] >>"]), "damaged")
    expect("page-self.pdf", pdf([CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]), "damaged")
    expect("catalog-loop.pdf", pdf(["<< /Type /Catalog /Pages 1 0 R >>"]), "damaged")
    deep = [CATALOG] + [f"<< /Type /Pages /Kids [{n + 1} 0 R] /Count 1 >>" for n in range(2, 700)] + ["<< /Type /Page >>"]
    expect("deep-pages.pdf", pdf(deep), "no_text")
    form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X 6 0 R >> /Font << /F1 5 0 R >> >>"
    expect("form-self.pdf", page("/X Do", "/XObject << /X 6 0 R >>", stream(TEXT + " /X Do", form)), **said)
    # Each form shows the next one ten times.
    wide = [stream(f"/X Do " * 10, f"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X {n + 1} 0 R >> >>") for n in range(6, 40)]
    expect("form-bomb.pdf", page("/X Do", "/XObject << /X 6 0 R >>", *wide, stream(TEXT)), "too_large")
    bomb = stream(b" " * 50_000_000, compress=True)
    expect("flate-bomb.pdf", page(bomb), "too_large")
    twice = zlib.compress(zlib.compress(b" " * 1_000_000_000, 9), 9)
    expect("flate-twice.pdf", page(f"<< /Length {len(twice)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode() + twice + b"\nendstream"), "too_large")
    objects = zlib.compress(zlib.compress(b"9 0 " + b" " * 450_000_000, 9), 9)
    packed = f"<< /Type /ObjStm /N 1 /First 4 /Length {len(objects)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode() + objects + b"\nendstream"
    expect("object-stream-bomb.pdf", object_stream(packed), "crashed")
    expect("long-length.pdf", page(stream(TEXT).replace(b"/Length", b"/Length 1073741824 /Old")), **said)
    expect("huge-text.pdf", page(stream("BT /F1 12 Tf 72 700 Td " + "(A ferry and another ferry.) Tj T* " * 60_000 + "ET", compress=True)), "too_large")
    expect("operators.pdf", page(stream("q Q " * 8_000_000, compress=True)), "too_large")
    expect("deep-arrays.pdf", page(stream("[" * 100_000 + TEXT, compress=True)), "no_text")
    expect("deep-dictionaries.pdf", page(TEXT).replace(b"/Size", b"<< /A " * 9_000 + b"/Size"), **said)
    expect("deep-states.pdf", page(stream("q " * 200_000 + TEXT + " Q" * 200_000, compress=True)), **said)
    expect("deep-marks.pdf", page(stream("/Span BMC " * 200_000 + TEXT, compress=True)), **said)
    expect("many-pages.pdf", many_pages(10_000), "too_large")
    expect("blank.pdf", page(""), "no_text")
    expect("scan.pdf", scan(), "no_text")
    expect("locked-rc4.pdf", qpdf(good, "--encrypt", "secret", "owner", "128", "--use-aes=n", "--"), "encrypted")
    expect("locked-aes.pdf", qpdf(good, "--encrypt", "secret", "owner", "256", "--"), "encrypted")
    expect("unknown-encryption.pdf", page(TEXT, trailer="/Encrypt << /Filter /Standard /V 9 /R 9 >> /ID [<00> <00>]"), "damaged")
    cid = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    mapless = "<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [7 0 R] >>"
    expect("font-without-map.pdf", page("BT /F2 12 Tf 72 700 Td <0041004200430044> Tj ET", "/Font << /F2 6 0 R >>", mapless, cid), "no_text")
    names = "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Odd /Encoding << /Differences [65 /g1 /g2 /g3 /g4] >> >>"
    both = "BT /F1 12 Tf 72 700 Td (The quick ferry leaves at noon.) Tj /F2 12 Tf 0 -14 Td (ABCD) Tj ET"
    expect("font-names-without-meaning.pdf", page(both, "/Font << /F1 5 0 R /F2 6 0 R >>", names), notes=["4 characters"], lacks=["g1", "ABCD"], **said)
    expect("no-fonts.pdf", page(TEXT, ""), "no_text")
    loop = "<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding 6 0 R /ToUnicode 6 0 R /DescendantFonts [6 0 R] >>"
    expect("font-loop.pdf", page(TEXT.replace("F1", "F2"), "/Font << /F2 6 0 R >>", loop), "no_text")
    numbers = "q BT /F1 1e30 Tf 1e30 1e30 Td (far) Tj /F1 12 Tf 1 0 0 1 72 700 Tm 99999999999999999999 Tc (a) Tj NaN 0 Td -1e-40 Tz (b) Tj ET Q " + TEXT
    expect("numbers.pdf", page(numbers), **said)
    ranges = "begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange 1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap"
    mapped = mapless.replace("/DescendantFonts", "/ToUnicode 8 0 R /DescendantFonts").replace("[7", "[7")
    expect("wide-range.pdf", page("BT /F2 12 Tf 72 700 Td <0041004200430044> Tj ET", "/Font << /F2 6 0 R >>", mapped, cid, stream(ranges)), "no_text")
    widths = cid.replace(">> >>", ">> /W [0 4294967295 500] >>")
    expect("wide-widths.pdf", page("BT /F2 12 Tf 72 700 Td <0041004200430044> Tj ET", "/Font << /F2 6 0 R >>", mapless, widths), "no_text")


def object_stream(packed):
    """A file whose catalog is in an object stream."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    at = out.tell()
    out.write(b"1 0 obj\n" + packed + b"\nendobj\n")
    start = out.tell()
    rows = b"".join(kind.to_bytes(1, "big") + one.to_bytes(4, "big") + two.to_bytes(1, "big") for kind, one, two in [(1, at, 0), (1, start, 0), (2, 1, 0)])
    out.write(f"2 0 obj\n<< /Type /XRef /Size 10 /W [1 4 1] /Index [1 2 9 1] /Root 9 0 R /Length {len(rows)} >>\nstream\n".encode() + rows)
    out.write(f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def many_pages(count):
    kids = " ".join(f"{n} 0 R" for n in range(3, count + 3))
    objects = [CATALOG, f"<< /Type /Pages /Kids [{kids}] /Count {count} >>", *["<< /Type /Page >>"] * count]
    plain = pdf(objects)
    return qpdf(plain, "--object-streams=generate", "--recompress-flate", "--compression-level=9")


if __name__ == "__main__":
    main()

"""Writes NAME.txt and NAME.expected.json for each page NAME.html.

The pages were written by hand. Their main text is marked in them by comments: <!--main--> .. <!--/main-->.
"""

import json, pathlib, re, sys
from html.parser import HTMLParser

CHARSETS = {
    "news-bridge": "windows-1251", "news-harvest-ja": "shift_jis", "news-metro-pl": "iso-8859-2",
    "forum-thread-ru": "koi8-r", "shop-drill-es": "windows-1252", "index-law-ko": "euc-kr",
    "blog-home-zh": "gb18030", "homepage-1999-de": "windows-1252",
}


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts, self.skip = [], 0

    def handle_starttag(self, tag, attributes):
        self.skip += tag in SKIPPED
        self.parts.append(" " if tag in ("td", "th", "br", "li", "p", "div") else "")

    def handle_endtag(self, tag):
        self.skip -= tag in SKIPPED
        self.parts.append("\n" if re.fullmatch(r"p|h\d|div|li|tr|dt|dd|pre|br|section|table|ul|ol", tag) else "")

    def handle_data(self, data):
        if not self.skip:
            self.parts.append(data)


for name in ("html", "html-held-out", "html-blind"):
    folder = pathlib.Path(__file__).parent.parent / name
    # The marks of `html-blind` leave out controls, but not a heading that opens its section as a button.
    SKIPPED = ("script", "style", "svg") if name == "html-blind" else ("script", "style", "button", "svg")
    for page in sorted(folder.glob("*.html")):
        html = page.read_bytes().decode(CHARSETS.get(page.stem, "utf-8"))
        text = Text()
        for part in re.findall(r"<!--main-->(.*?)<!--/main-->", html, re.S):
            text.feed(part + "\n")
        words = re.sub(r"[ \t]+", " ", "".join(text.parts)).strip()
        path = page.with_name(page.name + ".expected.json")
        expected = json.loads(path.read_text()) if path.exists() else {"made_by": "written by hand"}
        if words:
            page.with_suffix(".txt").write_text(re.sub(r"\s*\n\s*", "\n", words) + "\n")
            expected = {"f1": 0.90} | expected | {"words": page.stem + ".txt"}
        else:
            expected |= {"problem": "no_text"}
        path.write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n")

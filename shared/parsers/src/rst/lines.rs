//! Lines of indented text. Positions are bytes; indentation is spaces only, because tabs were expanded.

/// Lines with tabs expanded to columns of eight characters, without blanks at their end.
pub(super) fn split(text: &str) -> Vec<String> {
    let lines = text.split(['\n', '\x0B', '\x0C']).map(|line| {
        let mut expanded = String::with_capacity(line.len());
        let mut column = 0;
        for c in line.trim_end().chars() {
            match c {
                '\t' => {
                    let width = 8 - column % 8;
                    expanded.extend(std::iter::repeat_n(' ', width));
                    column += width;
                }
                c => {
                    expanded.push(c);
                    column += 1;
                }
            }
        }
        expanded
    });
    lines.collect()
}

pub(super) fn indent(line: &str) -> usize {
    line.bytes().position(|byte| byte != b' ').unwrap_or(line.len())
}

/// A line without up to this many spaces at its start.
pub(super) fn dedented(line: &str, width: usize) -> &str {
    &line[indent(line).min(width)..]
}

/// The lines from the first that are blank or indented, without blank lines at their end, and the number of lines taken.
pub(super) fn indented<'a, 'b>(lines: &'b [&'a str]) -> (&'b [&'a str], usize) {
    let taken = lines
        .iter()
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .count();
    let blanks = lines[..taken]
        .iter()
        .rev()
        .take_while(|line| line.is_empty())
        .count();
    (&lines[..taken - blanks], taken)
}

/// Lines without the indentation that all of them have.
pub(super) fn dedent<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let filled = lines.iter().filter(|line| !line.is_empty());
    let width = filled.map(|line| indent(line)).min().unwrap_or(0);
    let start = lines.iter().take_while(|line| line.is_empty()).count();
    lines[start..].iter().map(|line| dedented(line, width)).collect()
}

//! The layers of the common crate: each module uses only modules of lower layers, and no two files use each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    files::{files, read, relative},
    support::root,
};

/// A path of a `use` declaration, or of a file: `evidence::words` for `evidence/words/mod.rs`.
type ModulePath = Vec<String>;

#[test]
fn each_module_uses_only_modules_of_lower_layers() {
    let layers = layers();
    let mut modules = BTreeSet::new();
    for (file, uses) in uses_of_files() {
        let Some(module) = file.first() else {
            continue;
        };
        modules.insert(module.clone());
        let used = uses.iter().filter_map(|path| path.first());
        for used in used.filter(|used| *used != module && layers.contains_key(*used)) {
            assert!(
                layers.get(used) < layers.get(module),
                "{} uses `{used}`, which is not in a lower layer than `{module}`",
                file.join("::")
            );
        }
    }
    let listed: BTreeSet<String> = layers.into_keys().collect();
    assert_eq!(
        listed, modules,
        "the modules in the table of ARCHITECTURE.md and in shared/src"
    );
}

#[test]
fn no_files_use_each_other() {
    let files = uses_of_files();
    // A path names an item of the file that its longest prefix names.
    let file_of = |path: &ModulePath| {
        let prefixes = (1..=path.len()).rev().map(|length| path[..length].to_vec());
        prefixes.into_iter().find(|prefix| files.contains_key(prefix))
    };
    let edges: BTreeMap<&ModulePath, BTreeSet<ModulePath>> = files
        .iter()
        .map(|(file, uses)| {
            let used = uses.iter().filter_map(file_of);
            (file, used.filter(|used| used != file).collect())
        })
        .collect();
    let mut finished = BTreeSet::new();
    for file in files.keys() {
        visit(file, &edges, &mut Vec::new(), &mut finished);
    }
}

/// Depth-first search; fails at the first file that is reached from itself.
fn visit<'a>(
    file: &'a ModulePath,
    edges: &'a BTreeMap<&ModulePath, BTreeSet<ModulePath>>,
    path: &mut Vec<&'a ModulePath>,
    finished: &mut BTreeSet<&'a ModulePath>,
) {
    if let Some(start) = path.iter().position(|open| *open == file) {
        let circle: Vec<String> = path[start..].iter().map(|file| file.join("::")).collect();
        panic!("these files use each other: {}", circle.join(" -> "));
    }
    if finished.contains(file) {
        return;
    }
    path.push(file);
    for used in &edges[file] {
        visit(used, edges, path, finished);
    }
    path.pop();
    finished.insert(file);
}

/// The layer of each module, 1 the lowest, from the table under `## Layers` in ARCHITECTURE.md.
fn layers() -> BTreeMap<String, usize> {
    let page = read(&root().join("ARCHITECTURE.md"));
    let (_, section) = page.split_once("\n## Layers\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut layers = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| ")) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (number, modules) = (cells.next().unwrap(), cells.next().unwrap());
        let Ok(number) = number.parse() else {
            continue;
        };
        for module in modules.split('`').skip(1).step_by(2) {
            let earlier = layers.insert(module.to_owned(), number);
            assert_eq!(earlier, None, "`{module}` is in one layer");
        }
    }
    layers
}

/// What each file of `shared/src` uses of the crate, tests aside.
fn uses_of_files() -> BTreeMap<ModulePath, Vec<ModulePath>> {
    let source = root().join("shared/src");
    let mut uses = BTreeMap::new();
    for file in files(&source) {
        let path = module_path(&relative(&source, &file));
        let is_test = path.iter().any(|part| part == "tests" || part == "test_passages");
        if is_test || path == ["lib"] || file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        uses.insert(path.clone(), uses_of(&path, &file));
    }
    assert!(uses.len() > 100, "there are files in shared/src");
    uses
}

fn module_path(file: &str) -> ModulePath {
    let file = file.trim_end_matches(".rs").trim_end_matches("/mod");
    file.split('/').map(str::to_owned).collect()
}

/// The paths that a file names in `use` declarations, from the root of the crate.
fn uses_of(path: &ModulePath, file: &Path) -> Vec<ModulePath> {
    let source = read(file);
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut uses = Vec::new();
    for (start, _) in code.match_indices("use ") {
        let line = code[..start].rsplit('\n').next().unwrap().trim_start();
        if !matches!(line, "" | "pub " | "pub(crate) " | "pub(super) ") {
            continue;
        }
        let (tree, _) = code[start + "use ".len()..].split_once(';').unwrap();
        let tree = tree.split_whitespace().collect::<Vec<_>>().join(" ");
        uses.extend(expand(&tree).iter().map(|used| from_root(path, used)));
    }
    uses
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let Some((base, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap();
    let mut depth = 0;
    let items = inner.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let items: Vec<&str> = items.map(str::trim).filter(|item| !item.is_empty()).collect();
    let all = items.into_iter().flat_map(expand);
    all.map(|item| format!("{}{item}", base.trim())).collect()
}

/// A path that a file names, from the root of the crate. One of another crate becomes a path inside the file.
fn from_root(file: &ModulePath, used: &str) -> ModulePath {
    let mut parts: Vec<String> = used.split("::").map(str::to_owned).collect();
    let mut base = file.clone();
    if parts[0] == "crate" {
        parts.remove(0);
        base.clear();
    }
    while parts
        .first()
        .is_some_and(|part| part == "super" || part == "self")
    {
        if parts.remove(0) == "super" {
            base.pop();
        }
    }
    parts.retain(|part| part != "self" && part != "*");
    [base, parts].concat()
}

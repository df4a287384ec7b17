//! Building blocks of the pages: escaping, the frame, the style.

use std::fmt::{self, Write};

/// Text as it may stand in an element or in a quoted attribute.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff9d94; --good: #7fd6a3; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 80rem; }
nav a { margin-right: 1rem; } nav a[aria-current] { font-weight: 600; text-decoration: none; color: inherit; }
h1 { font-size: 1.4rem; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .4rem 0; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: Canvas; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td { overflow-wrap: anywhere; } code, pre { font: .88em ui-monospace, monospace; }
table.log { table-layout: fixed; } .log th:nth-child(1) { width: 7.5rem; } .log th:nth-child(2) { width: 38%; } .log th:nth-child(4) { width: 14rem; } .log th.number { width: 3rem; }
pre { background: var(--soft); padding: .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
tr.denied { background: color-mix(in srgb, var(--bad) 10%, transparent); } .denied strong { color: var(--bad); } .allowed strong { color: var(--good); font-weight: 500; }
small { opacity: .8; } article { border-top: 1px solid var(--line); padding: .8rem 0; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0; } dd { margin: 0; }
";

const PAGES: [(&str, &str); 4] = [
    ("/_local/", "Overview"),
    ("/_local/iam", "IAM decisions"),
    ("/_local/capacity", "Capacity"),
    ("/_local/mail", "Mail"),
];

/// A whole page around `content`, which is already HTML.
pub(crate) fn page(path: &str, title: &str, content: &str) -> String {
    let mut links = String::new();
    for (target, name) in PAGES {
        let current = if target == path {
            " aria-current=\"page\""
        } else {
            ""
        };
        // Writing to a string does not fail.
        let _ = write!(links, "<a href=\"{target}\"{current}>{name}</a>");
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · local cloud</title><style>{STYLE}</style></head><body><nav aria-label=\"Pages\">{links}</nav>\
         <main><h1>{title}</h1>{content}</main></body></html>",
        title = Escaped(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_element() {
        let evil = "<script>alert('&\"')</script>";
        assert_eq!(
            Escaped(evil).to_string(),
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"
        );
        assert!(!page("/_local/", evil, "").contains("<script>"));
    }
}

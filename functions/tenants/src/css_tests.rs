#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::check;

#[test]
fn a_style_sheet_that_dresses_is_let_through() {
    let sheet = r#"
        :root { --brand: #0a7f5a; --round: 8px }
        body, .card > h1 { color: var(--brand); font-family: "Inter", sans-serif; background: linear-gradient(90deg, #fff, rgb(250 250 250 / 0.5)) }
        /* buttons */
        button:hover { background-color: hsl(160, 80%, 20%) !important; border-radius: calc(var(--round) * 2); }
        #login a:focus-visible { outline: 2px solid currentColor; padding: 1em 2rem }
        @media screen and (prefers-color-scheme: dark) { body { color: #eee } }
        @media (max-width: 600px) { .card { padding: 0; } }
    "#;
    assert_eq!(check(sheet), Ok(()));
    assert_eq!(check(""), Ok(()));
}

#[test]
fn what_does_more_is_refused_with_its_line() {
    for (sheet, line, part) in [
        ("body { color: red }\n\n@import 'x.css';", 3, "@import"),
        ("@import url(//evil.example/x.css);", 1, "@import"),
        ("@font-face { src: url(x) }", 1, "@font-face"),
        ("@charset \"utf-7\";", 1, "@charset"),
        (
            "body {\n  background: url(https://evil.example/p.png)\n}",
            2,
            "url()",
        ),
        ("body { background: url( 'x' ) }", 1, "url"),
        ("body { background: URL(\"x\") }", 1, "not possible"),
        ("body { background: image-set('x' 1x) }", 1, "image-set()"),
        ("body { color: expression(alert(1)) }", 1, "expression()"),
        ("body { color: attr(value) }", 1, "attr()"),
        ("body { background: calc(var(--a) + url(x)) }", 1, "url()"),
        ("body { --x: url(x) }", 1, "url()"),
        ("body { behavior: x }", 1, "behavior"),
        ("body { -moz-binding: x }", 1, "-moz-binding"),
        ("a {\n\n position: fixed }", 3, "position"),
        ("a { display: none }", 1, "display"),
        ("a { content: 'x' }", 1, "content"),
        ("a { opacity: 0 }", 1, "opacity"),
        ("a { transform: scale(9) }", 1, "transform"),
        ("input[value^=a] { color: red }", 1, "no attributes"),
        ("a::after { color: red }", 1, "pseudo-classes"),
        ("a:has(b) { color: red }", 1, "pseudo-classes"),
        ("a { color: red } </style><script>", 1, "'<'"),
        ("/* </style> */", 1, "'<'"),
        ("a { b\\61ckground: \\75rl(x) }", 1, "'\\\\'"),
        ("a { color: red\0 }", 1, "'\\0'"),
        ("a { color: red; b { color: red } }", 1, "the property b"),
        ("a { color: {x} }", 1, "a value may hold"),
        ("a", 1, "no { … }"),
        ("a;\nb { color: red }", 1, "a selector may"),
        ("@media (x: y) { a { color: red } }", 1, "@media"),
        (
            "@media screen { @media screen { a { color: red } } }",
            1,
            "@media",
        ),
        ("a { color red }", 1, "no : behind it"),
        ("}", 1, "a selector may"),
        ("a { color: ((((((((((1)))))))))) }", 1, "a value may hold"),
        (
            "a { color: red; @import 'x' }",
            1,
            "properties and nothing else",
        ),
        ("a { color: \"x\ny\" }", 1, "a value may hold"),
        ("a {\n color: red", 2, "not closed"),
        ("a { color: red }\n/* and", 2, "not closed"),
        ("a { color: 'x", 1, "not closed"),
        ("@media screen { a { color: red }", 1, "not closed"),
    ] {
        let Err(told) = check(sheet) else {
            panic!("let through: {sheet}");
        };
        assert!(
            told.starts_with(&format!("line {line}: ")) && told.contains(part),
            "{sheet}\n{told}"
        );
    }
    assert!(
        check(&"a{color:red}".repeat(2000))
            .unwrap_err()
            .contains("longer")
    );
}

//! Parameters: defaults, given values, and what their declarations allow.

use super::resolve_with;

fn ask(declaration: &str, given: &[(&str, &str)]) -> Result<String, String> {
    let text = format!("Parameters: {{ P: {declaration} }}\nResources: {{ A: {{ Type: X }} }}");
    resolve_with(&text, given).map(|resolved| resolved.parameters["P"].clone())
}

#[test]
fn values_and_defaults() {
    assert_eq!(ask("{ Type: String, Default: a }", &[]).unwrap(), "a");
    assert_eq!(
        ask("{ Type: String, Default: a }", &[("P", "b")]).unwrap(),
        "b"
    );
    assert_eq!(ask("{ Type: String, Default: '' }", &[]).unwrap(), "");
    assert_eq!(ask("{ Type: Number, Default: 5 }", &[]).unwrap(), "5");
    assert_eq!(
        ask("{ Type: CommaDelimitedList, Default: 'a , b' }", &[]).unwrap(),
        "a,b"
    );
    assert_eq!(
        ask("{ Type: String }", &[]).unwrap_err(),
        "parameter P: has no value and no default"
    );
    assert_eq!(
        ask("{ Type: String, Default: a }", &[("Q", "b")]).unwrap_err(),
        "the template has no parameter Q"
    );
    assert_eq!(
        ask("{ Type: String, Default: [a] }", &[]).unwrap_err(),
        "parameter P, Default: must be text or a number"
    );
}

#[test]
fn declarations_are_held() {
    for (declaration, good, bad, message) in [
        ("{ Type: Number }", "-1.5", "x", r#""x" is not a number"#),
        (
            "{ Type: List<Number> }",
            "1,2",
            "1,x",
            r#""x" is not a number"#,
        ),
        (
            "{ Type: String, AllowedValues: [a, 1] }",
            "1",
            "b",
            r#""b" is not one of a, 1"#,
        ),
        (
            "{ Type: String, AllowedPattern: '[a-z]+|0' }",
            "abc",
            "abc0",
            r#""abc0" does not match "[a-z]+|0""#,
        ),
        (
            "{ Type: String, MinLength: 2 }",
            "äö",
            "a",
            r#""a" is outside MinLength 2"#,
        ),
        (
            "{ Type: String, MaxLength: 2 }",
            "äö",
            "abc",
            r#""abc" is outside MaxLength 2"#,
        ),
        (
            "{ Type: Number, MinValue: 0 }",
            "0",
            "-1",
            r#""-1" is outside MinValue 0"#,
        ),
        (
            "{ Type: Number, MaxValue: '30' }",
            "30",
            "31",
            r#""31" is outside MaxValue "30""#,
        ),
    ] {
        assert_eq!(ask(declaration, &[("P", good)]).unwrap(), good);
        assert_eq!(
            ask(declaration, &[("P", bad)]).unwrap_err(),
            format!("parameter P: {message}")
        );
    }
}

#[test]
fn declarations_must_be_understood() {
    for (declaration, message) in [
        ("{ Default: a }", "parameter P: Type is missing or not text"),
        (
            "{ Type: AWS::SSM::Parameter::Value<String>, Default: a }",
            "parameter P: the type AWS::SSM::Parameter::Value<String> is not known here",
        ),
        (
            "{ Type: String, Default: a, Allowed: [a] }",
            "parameter P: the attribute Allowed is not known here",
        ),
        (
            "{ Type: String, Default: a, AllowedValues: a }",
            "parameter P, AllowedValues: must be a list",
        ),
        (
            "{ Type: String, Default: a, AllowedPattern: '(' }",
            "parameter P, AllowedPattern: is not a pattern that can be checked here",
        ),
        (
            "{ Type: String, Default: a, MinLength: x }",
            "parameter P, MinLength: must be a number",
        ),
    ] {
        assert_eq!(ask(declaration, &[]).unwrap_err(), message);
    }
}

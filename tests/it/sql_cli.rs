//! SQL on the command line: the same masking, refusals and gate as in the window.

use crate::export_support::{Home, code, said};
use crate::sql::sample;
use crate::support::sample_data;

#[test]
fn the_command_line_answers_with_the_same_masking_refusals_and_gate() {
    let (folder, home) = (sample_data(), Home::new());
    let sql =
        |arguments: &[&str], query: &str| home.run(&[&["sql", folder.to_str().unwrap()], arguments, &[query]].concat());
    let secrets = sample().secrets();
    let holds = |output: &std::process::Output| {
        let text = said(output);
        secrets.iter().any(|secret| text.contains(secret.as_str()))
    };
    let people = "SELECT customername, email, UPPER(email) AS up, phone FROM customer_landing ORDER BY email";
    for format in ["table", "csv", "json"] {
        let masked = sql(&["--format", format], people);
        assert!(code(&masked) == 0 && !holds(&masked) && said(&masked).contains("C·"), "{}", said(&masked));
        assert!(holds(&sql(&["--format", format, "--reveal"], people)));
    }
    let count = sql(&["--json"], "SELECT COUNT(*) AS n, MIN(sensorreadingtime) AS at FROM step_trainer_landing");
    let object: serde_json::Value = serde_json::from_slice(&count.stdout).unwrap();
    assert!(object[0]["n"].as_u64().unwrap() > 0, "{object}");
    let at = object[0]["at"].as_str().unwrap();
    assert!(at.len() == 24 && at.starts_with("202") && at.ends_with('Z'), "ISO 8601: {at}");
    let table = sql(&[], "SELECT 1 AS a, 'two' AS word, NULL AS nothing");
    assert_eq!(String::from_utf8(table.stdout).unwrap(), "a  word  nothing\n1  two   null\n");
    for (query, words) in [
        ("SELECT * FROM read_csv('/etc/passwd')", "1:15: read_csv is refused"),
        ("DROP TABLE customer_landing", "1:1: DROP is refused"),
        ("SELECT x FROM machine_learning_curated", "somebody signed"),
    ] {
        let refused = sql(&[], query);
        assert!(code(&refused) == 2 && said(&refused).contains(words), "{query}: {}", said(&refused));
    }
    // Once an export was signed, the rows are printed, without the column for checks only.
    let exported = home.export(&home.at("out"), &["--analyst", "A. Name"]);
    assert_eq!(code(&exported), 0, "{}", said(&exported));
    let signed = sql(&["--join", "owner", "--format", "csv"], "SELECT x, user FROM machine_learning_curated LIMIT 2");
    assert_eq!(code(&signed), 0, "{}", said(&signed));
    assert!(said(&signed).contains("The column user is for checks only"), "{}", said(&signed));
    assert!(String::from_utf8(signed.stdout).unwrap().starts_with("x\n"));
}

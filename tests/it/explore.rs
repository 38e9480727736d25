//! Filters, orders and summaries against the slow and simple way; what is masked stays masked.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use stedi_workbench::curation::{Cell, Codes, TableView};
use stedi_workbench::domain::{Dataset, Progress, Table};
use stedi_workbench::explore::{Filter, Follow, Query, Rows, Sort, Spread, Test, select, summarise};
use stedi_workbench::landing::{Landing, Source, read};

use crate::support::{real_data, sample_data, write};

fn landing(folder: &Path) -> Landing {
    read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

fn view(landing: &Landing, dataset: Dataset) -> TableView {
    TableView::new(landing.frame(dataset), Table::landing(dataset).schema())
}

fn chosen(view: &TableView, query: &Query, codes: &Codes, revealed: bool) -> Vec<usize> {
    let rows = select(view, query, codes, revealed, &Progress::default()).unwrap();
    rows.iter(view.rows()).collect()
}

fn filter(column: &'static str, test: Test) -> Query {
    Query { filters: vec![Filter { column, test, on: true }], ..Query::default() }
}

/// Customers with the given e-mails and research consents.
fn customers(records: &[(u8, Option<i64>)]) -> (tempfile::TempDir, Landing) {
    let folder = tempfile::tempdir().unwrap();
    let text: String = records
        .iter()
        .map(|(name, consent)| {
            let consent = consent.map_or_else(String::new, |at| format!(",\"shareWithResearchAsOfDate\":{at}"));
            format!("{{\"email\":\"p{name}@example.com\",\"customerName\":\"N{name}\"{consent}}}\n")
        })
        .collect();
    write(folder.path(), "customer/a.json", text);
    let landing = landing(folder.path());
    (folder, landing)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn rows_are_those_of_the_simple_way_in_its_order(
        records in prop::collection::vec((0_u8..6, prop::option::of(1_i64..6)), 1..40),
        (from, to) in (0_i64..7, 0_i64..7),
        descending in any::<bool>(),
        nulls_first in any::<bool>(),
        revealed in any::<bool>(),
    ) {
        let (_folder, landing) = customers(&records);
        let (view, codes) = (view(&landing, Dataset::Customer), Codes::new(&landing));
        let consent = "sharewithresearchasofdate";
        let mut query = filter(consent, Test::Within(from, to));
        let expected: Vec<usize> = (0..records.len()).filter(|&row| records[row].1.is_some_and(|at| (from..=to).contains(&at))).collect();
        prop_assert_eq!(chosen(&view, &query, &codes, revealed), expected);
        query.filters[0].on = false;
        prop_assert_eq!(chosen(&view, &query, &codes, revealed).len(), records.len());
        query.sorts = vec![Sort { column: consent, descending, nulls_first }, Sort { column: "email", descending: false, nulls_first: false }];
        let shown = |name: u8| {
            let email = format!("p{name}@example.com");
            if revealed { email } else { codes.person(&email).unwrap().to_string() }
        };
        let mut expected: Vec<usize> = (0..records.len()).collect();
        expected.sort_by_key(|&row| {
            let at = records[row].1.map(|at| if descending { -at } else { at });
            (at.is_some() == nulls_first, at, shown(records[row].0))
        });
        prop_assert_eq!(chosen(&view, &query, &codes, revealed), expected);
    }

    #[test]
    fn summaries_count_as_the_simple_way_does(records in prop::collection::vec((0_u8..6, prop::option::of(1_i64..6)), 1..40), least in 0_i64..4) {
        let (_folder, landing) = customers(&records);
        let (view, codes) = (view(&landing, Dataset::Customer), Codes::new(&landing));
        let consent = "sharewithresearchasofdate";
        let rows = select(&view, &filter(consent, Test::Within(least, 9)), &codes, false, &Progress::default()).unwrap();
        for (rows, kept) in [
            (&Rows::All, records.clone()),
            (&rows, records.iter().copied().filter(|(_, at)| at.is_some_and(|at| at >= least)).collect()),
        ] {
            let summaries = summarise(&view, rows, &Progress::default()).unwrap();
            let consents: Vec<i64> = kept.iter().filter_map(|(_, at)| *at).collect();
            let summary = &summaries[view.position(consent).unwrap()];
            prop_assert_eq!(summary.rows, kept.len() as u64);
            prop_assert_eq!(summary.missing, (kept.len() - consents.len()) as u64);
            prop_assert_eq!(summary.distinct, consents.iter().collect::<BTreeSet<_>>().len() as u64);
            match &summary.spread {
                Spread::Numbers(bins) => {
                    prop_assert_eq!(bins.counts.iter().sum::<u64>(), consents.len() as u64);
                    prop_assert_eq!(bins.least, *consents.iter().min().unwrap() as f64);
                    prop_assert_eq!(bins.most, *consents.iter().max().unwrap() as f64);
                    prop_assert!(bins.from <= bins.least && bins.most <= bins.to);
                }
                spread => prop_assert!(consents.is_empty(), "{spread:?}"),
            }
            let names = &summaries[view.position("email").unwrap()];
            prop_assert_eq!(names.distinct, kept.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len() as u64);
            if let Spread::Texts(texts) = &names.spread {
                prop_assert_eq!(texts.iter().map(|(_, count)| count).sum::<u64>(), kept.len() as u64);
                prop_assert!(texts.is_sorted_by(|a, b| a.1 >= b.1));
            }
        }
    }
}

#[test]
fn every_test_keeps_what_it_says() {
    let (_folder, landing) = customers(&[(0, None), (1, Some(5)), (2, Some(7))]);
    let (view, codes) = (view(&landing, Dataset::Customer), Codes::new(&landing));
    let consent = "sharewithresearchasofdate";
    let rows = |query: &Query| chosen(&view, query, &codes, false);
    assert_eq!(rows(&filter(consent, Test::Missing)), [0]);
    assert_eq!(rows(&filter(consent, Test::Present)), [1, 2]);
    assert_eq!(rows(&filter(consent, Test::Between(5.5, 9.0))), [2]);
    assert_eq!(rows(&filter("email", Test::OneOf(["p1@example.com".to_owned()].into()))), [1]);
    let code = codes.person("p2@example.com").unwrap().to_string();
    assert_eq!(rows(&filter("email", Test::Contains(code.to_uppercase()))), [2]);
    assert_eq!(rows(&Query { find: format!(" {code} "), ..Query::default() }), [2]);
    assert_eq!(rows(&Query { find: "no such thing".to_owned(), ..Query::default() }), [0_usize; 0]);
    assert_eq!(select(&view, &Query::default(), &codes, false, &Progress::default()).unwrap(), Rows::All);
}

#[test]
fn what_is_masked_cannot_be_found_by_its_text_nor_put_in_its_order() {
    let (_folder, landing) = customers(&[(3, None), (1, None), (2, None)]);
    let (view, codes) = (view(&landing, Dataset::Customer), Codes::new(&landing));
    for query in [
        filter("email", Test::Contains("p1@".to_owned())),
        filter("customername", Test::Contains("N1".to_owned())),
        Query { find: "example.com".to_owned(), ..Query::default() },
        Query { find: "N1".to_owned(), ..Query::default() },
    ] {
        assert_eq!(chosen(&view, &query, &codes, false), [0_usize; 0], "{query:?}");
        assert!(!chosen(&view, &query, &codes, true).is_empty(), "{query:?}");
    }
    let sort =
        |column| Query { sorts: vec![Sort { column, descending: false, nulls_first: false }], ..Query::default() };
    assert_eq!(chosen(&view, &sort("customername"), &codes, true), [1, 2, 0]);
    assert_eq!(
        chosen(&view, &sort("customername"), &codes, false),
        [0, 1, 2],
        "a masked name has no place in an order"
    );
}

#[test]
fn a_customer_is_followed_through_every_table() {
    let landing = landing(&real_data().unwrap_or_else(sample_data));
    let (customers, codes) = (view(&landing, Dataset::Customer), Codes::new(&landing));
    let (email, serial) = (customers.position("email").unwrap(), customers.position("serialnumber").unwrap());
    let Cell::Text(person) = customers.cell(0, email) else { panic!("no e-mail") };
    let Cell::Text(device) = customers.cell(0, serial) else { panic!("no serial number") };
    let count = |follow: &Follow, dataset: Dataset| {
        let view = view(&landing, dataset);
        let filter = follow.filter(view.columns(), &landing).unwrap();
        chosen(&view, &Query { filters: vec![filter], ..Query::default() }, &codes, false).len()
    };
    for follow in [Follow::Person(person.to_owned()), Follow::Device(device.to_owned())] {
        assert_eq!(count(&follow, Dataset::Customer), 1, "{follow:?}");
        assert_eq!(count(&follow, Dataset::StepTrainer), 30, "{follow:?}");
        let readings = count(&follow, Dataset::Accelerometer);
        assert!((30..200).contains(&readings), "{follow:?}: {readings}");
    }
}

#[test]
fn choosing_rows_can_be_cancelled() {
    let landing = landing(&sample_data());
    let view = view(&landing, Dataset::Accelerometer);
    let progress = Progress::default();
    progress.cancel();
    assert!(select(&view, &filter("x", Test::Present), &Codes::default(), false, &progress).is_err());
    assert!(summarise(&view, &Rows::All, &progress).is_err());
}

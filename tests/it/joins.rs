//! The joins under the lens: figures that add up, that a slower and simpler way gives too, and that have their rows.

use std::collections::{BTreeSet, HashMap};

use stedi_workbench::curation::{Cell, Curation, TableView, curate};
use stedi_workbench::domain::{JoinRule, Operation, Progress, Purpose, Recipe, Table};
use stedi_workbench::review::joins::{JoinPart, JoinReport, Met, PairKind, joins, rows_behind};

use crate::curation::{curated, every_recipe, landing};
use crate::review::messy_landings;
use crate::support::{real_data, write};

fn looked(curation: &Curation) -> Vec<JoinReport> {
    joins(curation, &Progress::default()).unwrap()
}

fn behind(curation: &Curation, join: &JoinReport, part: JoinPart) -> (Table, Vec<u32>) {
    rows_behind(curation, join.table, join.step, part, &Progress::default()).unwrap()
}

#[test]
fn the_real_data_have_2_700_foreign_pairs_on_364_devices() {
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    for (consent_date, join, rows, foreign, devices) in [
        (false, JoinRule::Timestamp, 43_681, 2_700, Some(364)),
        (true, JoinRule::Timestamp, 34_437, 2_412, None),
        (false, JoinRule::Owner, 40_981, 0, Some(0)),
        (true, JoinRule::Owner, 32_025, 0, Some(0)),
    ] {
        let curation = curated(&landing, &Recipe { consent_date, join, ..Recipe::default() });
        let joins = looked(&curation);
        let last = joins.last().unwrap();
        assert!(last.pairs_readings());
        assert_eq!((last.came, last.foreseen.rows, last.kinds.all()), (rows, rows, rows));
        assert_eq!(last.kinds.of(PairKind::Foreign), foreign);
        if let Some(devices) = devices {
            assert_eq!(last.affected.devices, devices);
        }
        let (table, numbers) = behind(&curation, last, JoinPart::Kind(PairKind::Foreign));
        assert_eq!((table, numbers.len() as u64), (Table::MachineLearningCurated, foreign));
    }
}

/// Figures of a join that can be counted in another way.
fn assert_adds_up(curation: &Curation, join: &JoinReport) {
    let told = || format!("{:?}: {} {}", curation.recipe, join.table.name(), join.step);
    let [left, right] = join.sides;
    let [rows, others] = join.matched;
    assert_eq!((rows.rows(), others.rows()), (left.rows, right.rows.max(others.rows())), "{}", told());
    if join.foreseen.is_exact {
        assert_eq!(join.foreseen.rows, join.came, "{}", told());
        assert_eq!(join.foreseen.left_unmatched, rows.never, "{}", told());
    } else {
        assert!(
            join.foreseen.rows >= join.came || matches!(join.operation, Operation::JoinNearest { .. }),
            "{}",
            told()
        );
    }
    assert_eq!(join.multiplicity.values().sum::<u64>(), left.rows, "{}", told());
    assert_eq!(join.multiplicity.get(&0).copied().unwrap_or_default(), rows.never, "{}", told());
    let pairs: u64 = join.multiplicity.iter().map(|(&partners, rows)| u64::from(partners) * rows).sum();
    let found = if join.operation.is_join() { pairs } else { left.rows - rows.never };
    assert_eq!(found, join.came, "{}", told());
    if join.pairs_readings() {
        assert_eq!(join.kinds.all(), join.came, "{}", told());
    }
    let most: u64 = join.most.iter().map(|key| key.left * if join.operation.is_join() { key.right } else { 1 }).sum();
    assert!(most <= join.foreseen.rows, "{}", told());
}

#[test]
fn figures_add_up_under_every_recipe_and_each_has_its_rows() {
    for landing in messy_landings() {
        for recipe in every_recipe().filter(|recipe| recipe.purpose == Purpose::Research) {
            let curation = curated(&landing, &recipe);
            for join in looked(&curation) {
                assert_adds_up(&curation, &join);
                if recipe.consent_date {
                    assert_has_its_rows(&curation, &join);
                }
            }
        }
    }
}

fn assert_has_its_rows(curation: &Curation, join: &JoinReport) {
    let [rows, others] = join.matched;
    let figures = |counts: stedi_workbench::review::joins::MatchCounts| [counts.once, counts.several, counts.never];
    // Where an earlier step joined, one row of the table stands for several at hand.
    let is_multiplied = join.sides[0].rows > curation.rows(join.source);
    for (met, figure) in Met::ALL.into_iter().zip(figures(rows)) {
        let (table, numbers) = behind(curation, join, JoinPart::Left(met));
        assert_eq!(table, join.source);
        if is_multiplied {
            assert!(numbers.len() as u64 <= figure);
        } else {
            assert_eq!(numbers.len() as u64, figure, "{:?} {met:?}", join.table);
        }
    }
    if let Some(other) = join.other {
        for (met, figure) in Met::ALL.into_iter().zip(figures(others)) {
            let (table, numbers) = behind(curation, join, JoinPart::Right(met));
            assert_eq!((table, numbers.len() as u64), (other, figure), "{:?} {met:?}", join.table);
            assert!(numbers.iter().all(|&row| u64::from(row) < curation.rows(other)));
        }
    }
    for kind in PairKind::ALL {
        let (table, numbers) = behind(curation, join, JoinPart::Kind(kind));
        assert_eq!(table, if join.pairs_readings() { join.table } else { join.source });
        if !is_multiplied || join.pairs_readings() {
            assert_eq!(numbers.len() as u64, join.kinds.of(kind), "{:?} {kind:?}", join.table);
        }
    }
}

/// Nested loops over the machine-learning table and the customer records: whose each row is.
#[test]
fn kinds_are_what_a_slower_and_simpler_way_gives() {
    for landing in messy_landings() {
        for join in [JoinRule::Timestamp, JoinRule::Owner] {
            let curation = curated(&landing, &Recipe { join, ..Recipe::default() });
            let customers = curation.view(Table::CustomerLanding);
            let pairs = curation.view(Table::MachineLearningCurated);
            let mut owners = HashMap::<String, BTreeSet<String>>::new();
            for row in 0..customers.rows() as u32 {
                if let Some(serial) = customers.cell_of(row, "serialnumber").text() {
                    let email = customers.cell_of(row, "email").text().unwrap().to_owned();
                    owners.entry(serial.to_owned()).or_default().insert(email);
                }
            }
            let line = |view: &TableView, row: u32| -> String {
                let cells: Vec<Cell<'_>> = view.columns().map(|column| view.cell_of(row, column.name)).collect();
                format!("{cells:?}")
            };
            let mut seen = BTreeSet::new();
            let mut counts = HashMap::<PairKind, u64>::new();
            for row in 0..pairs.rows() as u32 {
                let text = |name| pairs.cell_of(row, name).text().unwrap();
                let is_repeated = !seen.insert(line(&pairs, row));
                let kind = match owners.get(text("serialnumber")) {
                    None => PairKind::Unknown,
                    Some(owners) if !owners.contains(text("user")) => PairKind::Foreign,
                    Some(_) if is_repeated => PairKind::Repeated,
                    Some(_) => PairKind::Own,
                };
                *counts.entry(kind).or_default() += 1;
            }
            let last = looked(&curation).pop().unwrap();
            for kind in PairKind::ALL {
                assert_eq!(last.kinds.of(kind), counts.get(&kind).copied().unwrap_or_default(), "{kind:?}");
            }
            let strangers: u64 = last.affected.most_strangers.iter().map(|stranger| stranger.pairs).sum();
            assert!(strangers <= last.kinds.of(PairKind::Foreign));
            assert_eq!(strangers > 0, last.kinds.of(PairKind::Foreign) > 0);
        }
    }
}

/// 400 customers with ten readings of each kind, all at one instant: 4,000 × 4,000 pairs by the time stamp.
#[test]
fn a_cartesian_product_is_foreseen_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut customers, mut motions, mut distances) = (String::new(), String::new(), String::new());
    for customer in 0..400 {
        customers += &format!(
            "{{\"email\":\"c{customer}@example.com\",\"serialNumber\":\"s{customer}\",\"shareWithResearchAsOfDate\":1}}\n"
        );
        for reading in 0..10 {
            motions += &format!(
                "{{\"user\":\"c{customer}@example.com\",\"timestamp\":1655564376361,\"x\":{reading},\"y\":0,\"z\":0}}\n"
            );
            distances += &format!(
                "{{\"sensorReadingTime\":1655564376361,\"serialNumber\":\"s{customer}\",\"distanceFromObject\":{reading}}}\n"
            );
        }
    }
    write(folder.path(), "customer/landing/a.json", customers);
    write(folder.path(), "accelerometer/landing/a.json", motions);
    write(folder.path(), "step_trainer/landing/a.json", distances);
    let landing = landing(folder.path());
    let refused = curate(&landing, &Recipe::default(), &Progress::default()).unwrap_err();
    insta::assert_snapshot!(refused.to_string(), @"machine_learning_curated was not made: joining 4,000 rows with 4,000 of accelerometer_trusted by sensorreadingtime would give 16,000,000 rows. That key does not tell the rows apart; join on time stamp and owner, or look for landing files with one instant in very many rows");
    let curation = curated(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() });
    assert_eq!(curation.rows(Table::MachineLearningCurated), 40_000);
    assert_eq!(looked(&curation).pop().unwrap().multiplicity, [(10, 4_000)].into());
}

//! The waterfalls sum exactly under every recipe, each bar opens its rows, and consents come in over time.

use stedi_workbench::curation::{Curation, TableView};
use stedi_workbench::domain::{Dataset, Progress, Purpose, Reason, Recipe, Table, Withdrawn};
use stedi_workbench::explore::Follow;
use stedi_workbench::landing::{ConsentStood, Landing};
use stedi_workbench::review::{Change, Consented, Flow, Waterfall, consented, waterfalls};

use crate::curation::{by_hand, curated, every_recipe, landing};
use crate::review::messy_landings;
use crate::support::{sample_data, write};

fn drawn(landing: &Landing, curation: &Curation) -> [Waterfall; 4] {
    waterfalls(landing, curation, None, &Progress::default()).unwrap()
}

/// Sums, ends at the right tables, and as many rows behind each bar as it is high.
fn assert_sums(landing: &Landing, curation: &Curation) {
    let recipe = &curation.recipe;
    let flows = drawn(landing, curation);
    for waterfall in &flows {
        assert!(waterfall.adds_up(), "{recipe:?}: {waterfall:?}");
        let mut left = vec![];
        for bar in &waterfall.bars {
            match bar.change {
                Change::Removed { table, step, reason, stood } => {
                    let rows = match stood {
                        None => curation.dropped(table, step, &Progress::default()),
                        Some(stood) => curation.dropped_by_consent(table, step, stood, &Progress::default()),
                    };
                    assert_eq!(rows.unwrap().rows() as u64, bar.rows, "{recipe:?}: {bar:?}");
                    assert_eq!(stood.is_some(), reason == Reason::NoConsent);
                }
                Change::Left(table) => {
                    assert_eq!(bar.rows, curation.rows(table));
                    left.push(table);
                }
                Change::CameIn | Change::Refused | Change::Added { .. } => {}
            }
        }
        let expected = match waterfall.flow {
            Flow::Dataset(Dataset::Customer) => {
                vec![Table::CustomerLanding, Table::CustomerTrusted, Table::CustomerCurated]
            }
            Flow::Dataset(Dataset::Accelerometer) => vec![Table::AccelerometerLanding, Table::AccelerometerTrusted],
            Flow::Dataset(Dataset::StepTrainer) => vec![Table::StepTrainerLanding, Table::StepTrainerTrusted],
            Flow::MachineLearning => vec![Table::StepTrainerTrusted, Table::MachineLearningCurated],
        };
        assert_eq!(left, expected);
    }
}

/// The bars of one customer or device: sums, and the rows of theirs behind each.
fn assert_sums_of(follow: &Follow, landing: &Landing, curation: &Curation) {
    let flows = waterfalls(landing, curation, Some(follow), &Progress::default()).unwrap();
    let theirs = |view: &TableView| follow.rows(view, landing).len() as u64;
    for waterfall in flows {
        assert!(waterfall.adds_up(), "{:?}: {waterfall:?}", curation.recipe);
        for bar in waterfall.bars {
            let progress = Progress::default();
            let rows = match bar.change {
                Change::Removed { table, step, stood: None, .. } => {
                    theirs(&curation.dropped(table, step, &progress).unwrap())
                }
                Change::Removed { table, step, stood: Some(stood), .. } => {
                    theirs(&curation.dropped_by_consent(table, step, stood, &progress).unwrap())
                }
                Change::Left(table) => theirs(&curation.view(table)),
                Change::Added { .. } => bar.rows,
                Change::CameIn | Change::Refused => panic!("nobody knows whose a refused record is"),
            };
            assert_eq!(bar.rows, rows, "{:?}: {bar:?}", curation.recipe);
        }
    }
}

#[test]
fn the_bars_of_one_customer_sum_exactly_and_have_their_rows() {
    for landing in messy_landings() {
        let of = |column: &str| {
            let texts = landing.frame(Dataset::Customer).column(column).unwrap().str().unwrap().clone();
            texts.iter().flatten().step_by(17).take(1).map(str::to_owned).collect::<Vec<_>>()
        };
        let people = of("email").into_iter().map(Follow::Person);
        let follows: Vec<Follow> = people.chain(of("serialnumber").into_iter().map(Follow::Device)).collect();
        assert_eq!(follows.len(), 2);
        for recipe in every_recipe() {
            let as_of = Recipe { as_of: Some(1_655_564_000_000), ..recipe.clone() };
            for recipe in [recipe, as_of] {
                let curation = curated(&landing, &recipe);
                follows.iter().for_each(|follow| assert_sums_of(follow, &landing, &curation));
            }
        }
    }
}

#[test]
fn the_bars_sum_exactly_under_every_recipe_on_messy_data() {
    for landing in messy_landings() {
        let emails = landing.frame(Dataset::Customer).column("email").unwrap().str().unwrap().clone();
        let list: Vec<&str> = emails.iter().flatten().step_by(9).collect();
        let withdrawn = Withdrawn::parse(&list.join("\n")).unwrap();
        for recipe in every_recipe() {
            let more = Recipe { withdrawn: withdrawn.clone(), as_of: Some(1_655_564_000_000), ..recipe.clone() };
            for recipe in [recipe, more] {
                assert_sums(&landing, &curated(&landing, &recipe));
            }
        }
    }
}

#[test]
fn a_missing_consent_is_told_apart_by_how_it_stood_as_in_the_census() {
    for landing in messy_landings() {
        for purpose in Purpose::ALL {
            let curation = curated(&landing, &Recipe { purpose, ..Recipe::default() });
            let [customers, ..] = drawn(&landing, &curation);
            let removed = |stood: ConsentStood| {
                let is_it = |change: Change| matches!(change, Change::Removed { stood: Some(it), .. } if it == stood);
                customers.bars.iter().filter(|bar| is_it(bar.change)).map(|bar| bar.rows).sum::<u64>()
            };
            let census = landing.census.consent(purpose);
            let expected = [census.absent, census.null, census.blank, census.zero];
            assert_eq!(ConsentStood::MISSING.map(removed), expected);
        }
    }
}

#[test]
fn a_flow_is_told_bar_by_bar() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let text = std::fs::read_to_string(folder.path().join("customer/landing/a.json")).unwrap();
    let text = text.replace(r#""serialNumber":"d3""#, r#""serialNumber":"d3","shareWithResearchAsOfDate":"""#);
    write(folder.path(), "customer/landing/a.json", text + "\n{\"email\":");
    let landing = landing(folder.path());
    let flows = drawn(&landing, &curated(&landing, &Recipe::default()));
    let line = |bar: &stedi_workbench::review::Bar| {
        let what = match bar.change {
            Change::CameIn => "came in".to_owned(),
            Change::Refused => "refused".to_owned(),
            Change::Removed { reason, stood, .. } => {
                format!("− {} {}", reason.label(), stood.map_or("", ConsentStood::label))
            }
            Change::Added { .. } => "+ found more than one partner".to_owned(),
            Change::Left(table) => table.name().to_owned(),
        };
        format!("{} {} to {}", what.trim_end(), bar.before, bar.after)
    };
    let lines: Vec<String> = flows.iter().flat_map(|flow| &flow.bars).map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    came in 0 to 6
    refused 6 to 5
    customer_landing 0 to 5
    − no consent absent 5 to 5
    − no consent null 5 to 5
    − no consent blank 5 to 4
    − no consent zero 4 to 4
    customer_trusted 0 to 4
    − customer without trusted readings 4 to 3
    − duplicate 3 to 2
    customer_curated 0 to 2
    came in 0 to 6
    refused 6 to 6
    accelerometer_landing 0 to 6
    − unknown user 6 to 5
    − no consent absent 5 to 5
    − no consent null 5 to 5
    − no consent blank 5 to 4
    − no consent zero 4 to 4
    accelerometer_trusted 0 to 4
    came in 0 to 6
    refused 6 to 6
    step_trainer_landing 0 to 6
    − unknown device 6 to 5
    − no consent absent 5 to 5
    − no consent null 5 to 5
    − no consent blank 5 to 4
    − no consent zero 4 to 4
    − customer without trusted readings 4 to 3
    step_trainer_trusted 0 to 3
    step_trainer_trusted 0 to 3
    − no motion at this instant 3 to 2
    + found more than one partner 2 to 6
    machine_learning_curated 0 to 6
    ");
}

#[test]
fn a_wrong_bar_does_not_add_up() {
    let landing = landing(&sample_data());
    let [right, ..] = drawn(&landing, &curated(&landing, &Recipe::default()));
    for position in 0..right.bars.len() {
        let mut wrong = right.clone();
        wrong.bars[position].rows += 1;
        assert!(!wrong.adds_up(), "{position}");
        let mut wrong = right.clone();
        wrong.bars[position].after += 1;
        assert!(!wrong.adds_up(), "{position}");
    }
}

#[test]
fn consents_come_in_over_time() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let text = std::fs::read_to_string(folder.path().join("customer/landing/a.json")).unwrap();
    let later = text.replacen(
        r#""d4","shareWithResearchAsOfDate":1655564000000"#,
        r#""d4","shareWithResearchAsOfDate":1655564000002"#,
        1,
    );
    write(folder.path(), "customer/landing/a.json", later);
    let by_hand = landing(folder.path());
    // Three different people agreed, one of them two milliseconds later; the first reading is of the year 1970.
    let curve = consented(&by_hand, &Recipe::default(), 3);
    let half = (1 + 1_655_564_000_002_i64) / 2;
    let [start, middle, end] = curve[..] else { panic!("{curve:?}") };
    assert_eq!((start, end), (Consented { at: 1, customers: 0 }, Consented { at: 1_655_564_000_002, customers: 3 }));
    assert!(middle.at.abs_diff(half) <= 1 && middle.customers == 0, "{middle:?}");
    let withdrawn = Withdrawn::parse("ANN@example.com").unwrap();
    let curve = consented(&by_hand, &Recipe { withdrawn, ..Recipe::default() }, 2);
    assert_eq!(curve[1].customers, 2);
    assert!(consented(&by_hand, &Recipe::default(), 0).is_empty());
    // At each instant as many as the recipe as of it keeps.
    let sample = landing(&sample_data());
    for point in consented(&sample, &Recipe::default(), 7) {
        let curation = curated(&sample, &Recipe { as_of: Some(point.at), ..Recipe::default() });
        let emails = curation.frame(Table::CustomerTrusted).column("email").unwrap().n_unique().unwrap();
        assert_eq!(emails as u64, point.customers);
    }
}
